import { randomInt } from "node:crypto";
import type postgres from "postgres";
import {
  readBookedCalls,
  readRates,
  readTariffs,
  type BookedCall,
  type BookedLog,
  type Rate,
  type Tariff,
} from "./oracle-books.ts";
import type { SimulatorCall, SimulatorScript } from "./provider-simulator.ts";
import type { Bill } from "./simulator-bill.ts";

/** One progress step of the product: what it may not have seen of a call that died. */
const STEP_TOKENS = 200;
const STEP_MS = 500;

/** A call that was booked from an estimate, beside what the provider billed for it. */
export type EstimatedRow = {
  readonly turnId: string | null;
  readonly model: string;
  readonly outcome: string | null;
  readonly bookedTokens: readonly [input: number, output: number];
  readonly billedTokens: readonly [input: number, output: number];
  readonly bookedMicroVnd: bigint;
  readonly billedMicroVnd: bigint;
  readonly toleranceMicroVnd: bigint;
};

export type OracleReport = {
  /** Requests the provider received. */
  readonly received: number;
  /** Rows that equal the provider's bill, class by class and to the micro-đồng. */
  readonly reported: number;
  readonly estimated: readonly EstimatedRow[];
  /** Marked as sent, cut off before the provider had it: input is booked, by estimate. */
  readonly neverReceived: number;
  /** Differences of the books from the provider's record, one sentence each; [] when they agree. */
  readonly faults: readonly string[];
};

/**
 * A question the oracle can follow: its id is in its text. The id is made of digits, so that
 * questions of the same words and script come to the same count of tokens, and so to one hold.
 * @param script null: the simulator goes by the script of the test.
 */
export function markedQuestion(
  script: SimulatorScript | null = {},
  words = "Why is the sky blue?",
): { readonly messageId: string; readonly text: string } {
  const messageId = digitsId();
  const directive = script === null ? "" : ` [[sim:${JSON.stringify(script)}]]`;
  return { messageId, text: `${words} (turn:${messageId})${directive}` };
}

function digitsId(): string {
  const digits = (count: number) =>
    Array.from({ length: count }, () => String(randomInt(10))).join("");
  return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
}

/**
 * Compares the books with the provider's record call by call, with arithmetic of its own. The
 * database must be at rest.
 */
export async function consultOracle(
  sql: postgres.Sql,
  calls: readonly SimulatorCall[],
): Promise<OracleReport> {
  const books = { tariffs: await readTariffs(sql), rates: await readRates(sql) };
  const booked = await readBookedCalls(sql);
  const faults: string[] = [];
  const estimated: EstimatedRow[] = [];
  let reported = 0;
  const { pairs, unbooked, unreceived } = pairUp(calls, booked);
  for (const call of unbooked) {
    faults.push(`the provider has ${nameOf(call)}, the books have nothing of it`);
  }
  for (const [call, row] of pairs) {
    if (row.log === null) {
      faults.push(
        `${nameOf(call)} has no usage log (hold ${row.holdState}, ${String(row.outcome)})`,
      );
    } else if (row.log.source === "reported") {
      reported += 1;
      const found = differences(call, row.log, books);
      faults.push(...found.map((fault) => `${fault} (outcome ${String(row.outcome)})`));
    } else {
      const line = estimateOf(call, row, row.log, books);
      estimated.push(line);
      const off = abs(line.bookedMicroVnd - line.billedMicroVnd);
      if (off > line.toleranceMicroVnd) {
        faults.push(`${nameOf(call)} is estimated too far off: ${describeEstimate(line)}`);
      }
    }
  }
  for (const row of unreceived) faults.push(...unreceivedFaults(row));
  const neverReceived = unreceived.filter((row) => (row.log?.costMicroVnd ?? 0n) > 0n).length;
  return { received: calls.length, reported, estimated, neverReceived, faults };
}

export function describeEstimate(row: EstimatedRow): string {
  const tokens = ([input, output]: readonly [number, number]) => `${input}+${output} tokens`;
  return (
    `${row.model} ${String(row.outcome)}: booked ${tokens(row.bookedTokens)} = ${row.bookedMicroVnd} µ₫, ` +
    `billed ${tokens(row.billedTokens)} = ${row.billedMicroVnd} µ₫, allowed ±${row.toleranceMicroVnd} µ₫`
  );
}

type Pair = readonly [SimulatorCall, BookedCall];

/** By the provider's own request id where the product learned it, else by turn, model and order. */
function pairUp(calls: readonly SimulatorCall[], booked: readonly BookedCall[]) {
  const pairs: Pair[] = [];
  const left = new Set(booked);
  const byId = new Map(booked.map((row) => [row.providerRequestId, row]));
  const nameless: SimulatorCall[] = [];
  for (const call of calls) {
    const row = byId.get(call.callId);
    if (row !== undefined && left.delete(row)) pairs.push([call, row]);
    else nameless.push(call);
  }
  const unbooked: SimulatorCall[] = [];
  for (const call of nameless) {
    const rows = [...left].filter(
      (one) =>
        one.turnId !== null &&
        one.turnId === turnOf(call) &&
        one.providerModel === call.model &&
        one.providerRequestId === null,
    );
    // An attempt that found no connection was followed by one that did: it is not the received one.
    const row = rows.find((one) => one.outcome !== "not_sent") ?? rows[0];
    if (row !== undefined && left.delete(row)) pairs.push([call, row]);
    else unbooked.push(call);
  }
  return { pairs, unbooked, unreceived: [...left] };
}

function turnOf(call: SimulatorCall): string | null {
  return /\(turn:([0-9a-f-]{36})\)/.exec(call.lastUserText)?.[1] ?? null;
}

function nameOf(call: SimulatorCall): string {
  return `call ${call.callId} (turn ${String(turnOf(call))}, ${call.model}, status ${call.status})`;
}

type Books = { readonly tariffs: readonly Tariff[]; readonly rates: readonly Rate[] };

const classes = ["freshInput", "cachedInput", "cacheWrite5m", "cacheWrite1h", "output"] as const;

function differences(call: SimulatorCall, log: BookedLog, books: Books): string[] {
  const found: string[] = [];
  for (const name of [...classes, "reasoning"] as const) {
    const [billed, logged] = [call.billed[name], log.tokens[name]];
    if (billed !== logged) {
      found.push(`${nameOf(call)}: ${name} billed ${billed}, booked ${logged}`);
    }
  }
  const cost = costOf(call.billed, log, books);
  const bookedCost = log.costMicroVnd + log.correctedMicroVnd;
  if (cost !== bookedCost) {
    found.push(`${nameOf(call)}: costs ${cost} µ₫, booked ${bookedCost} µ₫`);
  }
  return found;
}

/** Rounded up once, from the tariff and the rate of the instant it was admitted. */
function costOf(bill: Bill, log: BookedLog, books: Books): bigint {
  const { tariff, rate } = tariffOf(bill, log, books);
  const pico = classes.reduce((sum, name) => sum + BigInt(bill[name]) * tariff.picoUsd[name], 0n);
  const scaled = pico * rate.rateMilliVnd;
  return scaled / 1_000_000_000n + (scaled % 1_000_000_000n === 0n ? 0n : 1n);
}

function tariffOf(bill: Bill, log: BookedLog, { tariffs, rates }: Books) {
  const holds = (from: Date, to: Date | null) =>
    from <= log.occurredAt && (to === null || log.occurredAt < to);
  const input = bill.freshInput + bill.cachedInput + bill.cacheWrite5m + bill.cacheWrite1h;
  const [tariff] = tariffs
    .filter((one) => one.modelId === log.modelId && one.contextTokensMin <= input)
    .filter((one) => holds(one.validFrom, one.validTo))
    .sort((a, b) => b.contextTokensMin - a.contextTokensMin);
  const rate = rates.find((one) => holds(one.from, one.to));
  if (tariff === undefined || rate === undefined) throw new Error(`no tariff for ${log.modelId}`);
  return { tariff, rate };
}

function estimateOf(
  call: SimulatorCall,
  row: BookedCall,
  log: BookedLog,
  books: Books,
): EstimatedRow {
  // Cut off before its head, or refused to a process that was killed before it heard: nobody was told
  // what it is billed, and F13 wants the input booked. It is compared with the provider's count of that.
  const isUnheard = call.status === 0 || call.status >= 400;
  const billed = isUnheard ? { ...noBill, freshInput: call.promptTokens } : call.billed;
  const billedMicroVnd = costOf(billed, log, books);
  const step = { ...noBill, output: stepTokens(call) };
  const five = billedMicroVnd / 20n;
  const stepMicroVnd = costOf(step, log, books);
  return {
    turnId: row.turnId,
    model: call.model,
    outcome: row.outcome,
    bookedTokens: [inputOf(log.tokens), log.tokens.output],
    billedTokens: [inputOf(billed), billed.output],
    bookedMicroVnd: log.costMicroVnd + log.correctedMicroVnd,
    billedMicroVnd,
    toleranceMicroVnd: stepMicroVnd > five ? stepMicroVnd : five,
  };
}

const noBill: Bill = {
  ...{ freshInput: 0, cachedInput: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 },
};

/** 200 tokens, or what the script says in 500 ms; a script without delays says all of it. */
function stepTokens({ script, billed }: SimulatorCall): number {
  if (script === null) return STEP_TOKENS;
  const { delayMsPerChunk, tokensPerChunk } = script;
  if (delayMsPerChunk === 0) return Math.max(STEP_TOKENS, billed.output);
  return Math.max(STEP_TOKENS, Math.ceil((STEP_MS / delayMsPerChunk) * tokensPerChunk));
}

/**
 * The mark of dispatch is written before the request leaves, so a crash between the two leaves a
 * call that is booked (its input, by estimate) though the provider never had it; never more.
 */
function unreceivedFaults(row: BookedCall): string[] {
  const { log } = row;
  const name = `call ${row.providerCallId} of turn ${String(row.turnId)}`;
  if (log === null) return [];
  if (!row.isDispatched) return [`${name} was never sent and has a log`];
  if (log.costMicroVnd === 0n) return [];
  if (log.source === "estimated" && log.tokens.output === 0) return [];
  return [`${name} never reached the provider and is booked with ${log.costMicroVnd} µ₫`];
}

const inputOf = (bill: Bill) =>
  bill.freshInput + bill.cachedInput + bill.cacheWrite5m + bill.cacheWrite1h;

const abs = (value: bigint) => (value < 0n ? -value : value);
