import type { CrashLabel } from "@/server/crash-points.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { seededRandom } from "../factories/simulated-facts.ts";

/**
 * All that a soak does, drawn from its seed: what each user asks and does, when who is killed, when
 * a line breaks. The same seed gives the same plan; when things meet depends on the machine.
 */
export type Random = {
  readonly whole: (min: number, max: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
};

/** A stream of its own for each part of the plan, so that none shifts another. */
export function randomOf(seed: number, part: string): Random {
  let mixed = seed >>> 0;
  for (const character of part) {
    mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x9e37_79b1) >>> 0;
  }
  const next = seededRandom(mixed);
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    whole,
    chance: (probability) => next() < probability,
    pick: (items) => items[whole(0, items.length - 1)] ?? items[0],
  };
}

/** One thing a user does. */
export type Action = {
  readonly kind: string;
  readonly script: SimulatorScript;
  readonly model: string;
  /** The same request at both instances at once. */
  readonly isDoubled: boolean;
  /** Goes on with the last conversation. */
  readonly isContinued: boolean;
  /** The user leaves after so long; null: stays. */
  readonly leavesAfterMs: number | null;
  readonly thinkMs: number;
};

const MODELS = [
  "auto",
  "auto",
  "openai/gpt-5.4-mini",
  "anthropic/claude-haiku-4-5",
  "gemini/gemini-3.5-flash",
] as const;

/** How a provider may behave, each with how often it is met. */
const behaviours: readonly (readonly [
  kind: string,
  weight: number,
  script: (random: Random) => SimulatorScript,
])[] = [
  ["plain", 30, () => ({})],
  ["long", 10, (random) => ({ output: random.whole(400, 900), tokensPerChunk: 8 })],
  ["classes", 10, (random) => ({ cached: random.whole(1, 30), reasoning: random.whole(1, 30) })],
  ["stall that ends", 4, (random) => ({ pauseAfter: 2, pauseMs: random.whole(1_000, 6_000) })],
  ["late head", 3, (random) => ({ pauseBeforeHead: true, pauseMs: random.whole(500, 4_000) })],
  ["drip", 2, () => ({ output: 8, dripMs: 2 })],
  ["reset mid-stream", 4, (random) => ({ resetAfter: random.whole(0, 6) })],
  ["reset before the head", 3, () => ({ resetBeforeHead: true })],
  ["error event", 4, (random) => ({ errorAfter: random.whole(0, 6) })],
  ["end without a finish", 3, (random) => ({ endAfter: random.whole(0, 6) })],
  ["429 once", 4, () => ({ attempts: [{ status: 429, retryAfter: "1" }] })],
  ["500 once", 3, () => ({ attempts: [{ status: 500 }] })],
  ["529 twice", 3, () => ({ attempts: [{ status: 529 }, { status: 529 }] })],
  ["503 for ever", 2, () => ({ status: 503 })],
  ["400", 2, () => ({ status: 400 })],
  ["no usage", 4, () => ({ usage: "none" })],
  ["absurd usage", 4, (random) => ({ usage: random.pick(absurdUsages) })],
  ["usage on the finish", 3, () => ({ usageOnFinish: true })],
  ["rubbish", 4, (random) => ({ garbageAfter: 2, garbage: random.pick(rubbish) })],
  ["empty", 2, () => ({ empty: true })],
  ["refused", 2, () => ({ refused: true })],
  ["another model", 2, () => ({ servedModel: "model-of-another-name" })],
];

const absurdUsages = [
  { prompt_tokens: -5, completion_tokens: 3, total_tokens: -2 },
  { prompt_tokens: 1e12, completion_tokens: 1e12, total_tokens: 2e12 },
  { prompt_tokens: "12", completion_tokens: null },
  {},
] as const;

const rubbish = [
  "data: {not json\n\n",
  "data: null\n\n",
  'data: {"choices":[{"delta":{"content":{"a":1}}}]}\n\n',
  ": a comment\r\n\r\n",
] as const;

export function drawAction(random: Random): Action {
  const total = behaviours.reduce((sum, [, weight]) => sum + weight, 0);
  let at = random.whole(1, total);
  const found = behaviours.find(([, weight]) => (at -= weight) <= 0) ?? behaviours[0];
  const [kind, , script] = found ?? ["plain", 1, () => ({})];
  const pace = { tokensPerChunk: 4, delayMsPerChunk: random.whole(10, 25) };
  return {
    kind,
    script: { output: random.whole(10, 200), ...pace, ...script(random) },
    model: random.pick(MODELS),
    isDoubled: random.chance(0.15),
    isContinued: random.chance(0.3),
    leavesAfterMs: random.chance(0.12) ? random.whole(20, 2_000) : null,
    thinkMs: random.whole(500, 3_500),
  };
}

/** What befalls the system, one after the other. */
export type Blow = Kill | LineFault;

export type Kill = {
  readonly kind: "kill";
  readonly app: number;
  /** Armed there; null: killed at once, wherever it is. */
  readonly label: CrashLabel | null;
  readonly hits: number;
};

export type LineFault = {
  readonly kind: "line";
  readonly line: "database" | "provider";
  readonly fault: (typeof lineFaults)[number];
  readonly lastsMs: number;
};

const lineFaults = ["reset", "cut", "delay", "black hole"] as const;

const labels = [
  "before_reserve",
  "after_reserve",
  "after_dispatch",
  "mid_stream",
  "after_usage",
  "before_settle_commit",
  "after_settle",
  "in_sweep",
] as const satisfies readonly CrashLabel[];

/** Shortest and longest time between two blows. */
export type Rhythm = readonly [minMs: number, maxMs: number];

export function drawBlow(
  random: Random,
  input: { readonly apps: number; readonly rhythm: Rhythm },
): { readonly afterMs: number; readonly blow: Blow } {
  const afterMs = random.whole(...input.rhythm);
  const die = random.whole(1, 10);
  if (die > 8) {
    const line = die === 9 ? "database" : "provider";
    const drawn = random.pick(lineFaults);
    // What a provider bills and a line swallows nobody can know, so that line is never swallowed.
    const fault = line === "provider" && drawn === "black hole" ? "reset" : drawn;
    return { afterMs, blow: { kind: "line", line, fault, lastsMs: random.whole(200, 1_800) } };
  }
  const label = die > 4 ? random.pick(labels) : null;
  const app = random.whole(0, input.apps - 1);
  return { afterMs, blow: { kind: "kill", app, label, hits: random.whole(1, 4) } };
}
