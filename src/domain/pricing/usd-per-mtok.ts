import { assert } from "@/domain/assert.ts";

const DECIMALS = 6;

/**
 * A price as people and vendors write it (USD per million tokens, up to six decimals, as text) →
 * pico-USD per token, exact: $1 per Mtok = 1,000,000 pico-USD per token. @throws Error for anything
 * else.
 */
export function usdPerMtokToPicoUsd(text: string): bigint {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text);
  assert(match !== null, "a price is USD per million tokens with up to six decimals");
  const [, whole = "0", fraction = ""] = match;
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(DECIMALS, "0"));
}

/** pico-USD per token → USD per million tokens as text, exact and without trailing zeros. */
export function picoUsdToUsdPerMtok(picoUsd: bigint): string {
  const whole = (picoUsd / 1_000_000n).toString();
  const fraction = (picoUsd % 1_000_000n).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
