import { DAY_MS, large, middle, priced, small } from "../routing/turn-fixture.ts";

export const MONTH_MS = 30 * DAY_MS;

/** About 6, 45 and 150 ₫ an answer: what the free plan's 5,000 ₫ buys of them is 800, 110 and 33. */
export const candidates = [
  { ...small, prices: [priced(2_000n, 10_000n)] },
  { ...middle, prices: [priced(10_000n, 80_000n)] },
  { ...large, prices: [priced(30_000n, 260_000n)] },
];

export type Question = {
  readonly atMs: number;
  readonly score: number;
  readonly input: number;
  readonly lengthShare: number;
};

/** Even numbers in [0, 1) from a seed (mulberry32): a month that failed can be lived again. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Questions of every difficulty and length, in order, each at an instant of its own. */
export function monthOf(
  seed: number,
  count: number,
  instantOf: (roll: () => number) => number,
): readonly Question[] {
  const roll = dice(seed);
  return Array.from({ length: count }, () => ({
    atMs: Math.floor(instantOf(roll)),
    score: roll(),
    input: 10 + Math.floor(roll() * 1_500),
    lengthShare: roll(),
  })).sort((a, b) => a.atMs - b.atMs);
}
