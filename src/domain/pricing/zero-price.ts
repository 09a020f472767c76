import type { ModelPrice } from "./price-usage.ts";

/**
 * Whether a price asks nothing for a question and its answer. Only a model marked free may have
 * one; for any other it is a mistake and as good as no price.
 */
export function isZeroPrice(
  price: Pick<ModelPrice, "freshInputPicoUsd" | "outputPicoUsd">,
): boolean {
  return price.freshInputPicoUsd === 0n && price.outputPicoUsd === 0n;
}
