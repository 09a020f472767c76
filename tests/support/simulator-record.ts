import type { Bill } from "./simulator-bill.ts";
import type { FilledScript, SimulatedRequest } from "./simulator-script.ts";

/**
 * What the simulated provider remembers of one request; times are epoch milliseconds of its own
 * clock.
 */
export type SimulatorCall = {
  readonly callId: string;
  readonly wire: SimulatedRequest["wire"];
  readonly path: string;
  readonly model: string;
  readonly receivedAt: number;
  readonly requestBody: unknown;
  readonly lastUserText: string;
  /** Fresh input tokens the request came to, by the simulator's own rule. */
  readonly promptTokens: number;
  /** How the answer was to be; null for a request that was refused as malformed. */
  script: FilledScript | null;
  servedModel: string;
  /** When the head of the response was sent. */
  startedAt: number | null;
  endedAt: number | null;
  /** When the client went away before the answer was over. */
  disconnectedAt: number | null;
  status: number;
  textSent: string;
  billed: Bill;
};

type Waiter = { readonly isMet: () => boolean; readonly resolve: () => void };

/** The simulator's memory: its calls, the gates that keep it silent, and who waits for what. */
export type SimulatorRecord = {
  readonly calls: SimulatorCall[];
  /** Those of before `reset` too. */
  readonly everyCall: SimulatorCall[];
  readonly add: (call: SimulatorCall) => void;
  readonly nextCallId: () => string;
  /** To be called after every change of a call. */
  readonly changed: () => void;
  readonly until: (isMet: (calls: readonly SimulatorCall[]) => boolean) => Promise<void>;
  /** From now on requests are silent before they answer, until `release`. */
  readonly hold: () => void;
  /** Opens the gate and wakes every paused answer. */
  readonly release: () => void;
  readonly heldUntilReleased: () => Promise<void>;
  readonly pausedUntilReleased: () => Promise<void>;
  readonly reset: () => void;
};

export function newSimulatorRecord(): SimulatorRecord {
  const calls: SimulatorCall[] = [];
  const everyCall: SimulatorCall[] = [];
  let waiters: Waiter[] = [];
  let sleepers: (() => void)[] = [];
  let isHeld = false;
  let sequence = 0;
  const epoch = Math.floor(Math.random() * 2 ** 32).toString(16);
  const changed = () => {
    const met = waiters.filter((waiter) => waiter.isMet());
    waiters = waiters.filter((waiter) => !met.includes(waiter));
    for (const waiter of met) waiter.resolve();
  };
  const sleep = () =>
    new Promise<void>((resolve) => {
      sleepers.push(resolve);
    });
  const release = () => {
    isHeld = false;
    const woken = sleepers;
    sleepers = [];
    for (const wake of woken) wake();
  };
  return {
    calls,
    everyCall,
    changed,
    add: (call) => {
      calls.push(call);
      everyCall.push(call);
      changed();
    },
    release,
    nextCallId: () => `req_${epoch}${(sequence += 1).toString().padStart(8, "0")}`,
    until: (isMet) =>
      new Promise((resolve) => {
        waiters.push({ isMet: () => isMet(calls), resolve });
        changed();
      }),
    hold: () => {
      isHeld = true;
    },
    heldUntilReleased: () => (isHeld ? sleep() : Promise.resolve()),
    pausedUntilReleased: sleep,
    reset: () => {
      release();
      calls.length = 0;
    },
  };
}
