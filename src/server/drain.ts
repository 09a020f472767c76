import { subscribe } from "node:diagnostics_channel";
import { closeProcessDb } from "./db/client.ts";
import { log } from "./log.ts";

/** An answer of Node's HTTP server; it closes when it was sent, or its reader is gone. */
type SentAnswer = { readonly once: (event: "close", listener: () => void) => unknown };

type Drain = { isDraining: boolean; isWatching: boolean; readonly responses: Set<SentAnswer> };

/** On the process, not in the module: Next loads this file once per bundle. */
declare global {
  var phoChatDrain: Drain | undefined;
}

function drain(): Drain {
  globalThis.phoChatDrain ??= { isDraining: false, isWatching: false, responses: new Set() };
  return globalThis.phoChatDrain;
}

/** Whether this process is about to end: it takes no new work that costs money. */
export function isDraining(): boolean {
  return drain().isDraining;
}

/** Answers being sent now, streams among them. */
export function openResponseCount(): number {
  return drain().responses.size;
}

/** Notes every answer of this process until it is sent. Calling again does nothing. */
export function watchResponses(): void {
  const state = drain();
  if (state.isWatching) return;
  state.isWatching = true;
  subscribe("http.server.request.start", (message) => {
    if (typeof message !== "object" || message === null || !("response" in message)) return;
    const { response } = message;
    if (!isSentAnswer(response)) return;
    state.responses.add(response);
    response.once("close", () => state.responses.delete(response));
  });
}

function isSentAnswer(value: unknown): value is SentAnswer {
  return typeof value === "object" && value !== null && "once" in value;
}

/** What ends with the process, in the order it ends. */
export type ShutdownSteps = {
  /** Stops the answers that are still running and waits until they are settled. */
  readonly abortTurns: () => Promise<void>;
  readonly stopWorkers: () => Promise<void>;
};

/** Answers may finish for this long; `npm run up` kills after 30 s, so settling has 4 s more. */
const GRACE_MS = 25_000;
const SETTLE_MS = 4_000;
const STOP_MS = 3_000;
const LOOK_MS = 50;

/**
 * Ends the work of this process: from now on it is not ready and takes no message; answers may
 * finish within `graceMs`, then they are stopped and settled as interrupted. Workers and their sign
 * of life go on until then, so that nobody takes over turns that still run.
 */
export async function drainAndStop(steps: ShutdownSteps, graceMs = GRACE_MS): Promise<void> {
  const state = drain();
  state.isDraining = true;
  log().info({ answers: state.responses.size }, "stopping: no new messages");
  const isDone = await waitUntil(() => state.responses.size === 0, graceMs);
  if (!isDone) log().warn({ answers: state.responses.size }, "stopping the answers that still run");
  await inTime("answers", steps.abortTurns(), SETTLE_MS);
  await waitUntil(() => state.responses.size === 0, LOOK_MS * 10);
  await inTime("workers", steps.stopWorkers(), STOP_MS);
  await inTime("database", closeProcessDb(), STOP_MS);
}

/**
 * Lets SIGTERM and SIGINT end the process in good order, with exit code 0. Only the first signal
 * counts: a terminal sends it to us and, by our parent, once more.
 */
export function handleShutdown(steps: ShutdownSteps, graceMs = GRACE_MS): void {
  watchResponses();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => {
      if (isDraining()) return;
      void drainAndStop(steps, graceMs).then(
        () => process.exit(0),
        (error: unknown) => {
          log().error({ err: error }, "the process did not stop in good order");
          process.exit(1);
        },
      );
    });
  }
}

async function waitUntil(isMet: () => boolean, withinMs: number): Promise<boolean> {
  const endsAtMs = performance.now() + withinMs;
  while (!isMet()) {
    if (performance.now() >= endsAtMs) return false;
    await pause(LOOK_MS);
  }
  return true;
}

async function inTime(what: string, work: Promise<void>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), withinMs);
  });
  const end = await Promise.race([work, tooLate]);
  clearTimeout(timer);
  if (end === "late") log().error({ what, withinMs }, "did not end in time");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
