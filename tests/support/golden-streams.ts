import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const read = (wire: string) =>
  readFileSync(
    fileURLToPath(new URL(`../fixtures/provider-streams/${wire}.sse`, import.meta.url)),
    "utf8",
  );

/** What every golden stream says. */
export const GOLDEN_TEXT = "Phở bò 🍜 trời xanh.";

/**
 * One whole stream of each wire as its vendor documents it, with every class of tokens in its
 * usage, and what it is to be booked as. Costs are worked out by hand at `goldenPrices` and 25,000 ₫
 * for a dollar: a micro-VND is 40 pico-USD.
 */
export const goldenStreams = {
  openai: {
    body: read("openai"),
    // Cached and written inside the prompt (1,211), reasoning inside the completion; audio and
    // pictures are inside them too and have no price of their own.
    tokens: { fresh: 87, cached: 1_024, write5m: 100, write1h: 0, output: 341, reasoning: 301 },
    total: 1_552,
    // 87 × 1,000,000 + 1,024 × 100,000 + 100 × 1,250,000 + 341 × 8,000,000 = 3,042,400,000 pico-USD
    costMicroVnd: 76_060_000n,
  },
  gemini: {
    body: read("gemini"),
    // Thinking outside the completion (40), inside the total.
    tokens: { fresh: 300, cached: 1_000, write5m: 0, write1h: 0, output: 250, reasoning: 210 },
    total: 1_550,
    // 300 × 1,000,000 + 1,000 × 100,000 + 250 × 8,000,000 = 2,400,000,000 pico-USD
    costMicroVnd: 60_000_000n,
  },
  anthropic: {
    body: read("anthropic"),
    // Cache reads and writes outside the input, thinking inside the output.
    tokens: { fresh: 9, cached: 77, write5m: 640, write1h: 333, output: 412, reasoning: 300 },
    total: 1_471,
    // 9 × 1,000,000 + 77 × 100,000 + 640 × 1,250,000 + 333 × 2,000,000 + 412 × 8,000,000
    // = 4,778,700,000 pico-USD
    costMicroVnd: 119_467_500n,
  },
} as const;

export type GoldenWire = keyof typeof goldenStreams;
export const GOLDEN_WIRES: readonly GoldenWire[] = ["openai", "gemini", "anthropic"];

/** USD per million tokens: a price of its own for every class. */
export const goldenPrices = {
  inputUsdPerMtok: "1",
  cachedInputUsdPerMtok: "0.1",
  cacheWrite5mUsdPerMtok: "1.25",
  cacheWrite1hUsdPerMtok: "2",
  outputUsdPerMtok: "8",
} as const;

export const GOLDEN_RATE_MILLI_VND = 25_000_000n;
