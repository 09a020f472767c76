import { present } from "@/domain/assert.ts";
import { standardised } from "@/domain/complexity/scorer-model.ts";
import type { TrainingRow } from "./training-rows.ts";

/** Mean and spread of each shape feature over a set of rows. */
export type Standard = { readonly mean: Float64Array; readonly spread: Float64Array };

/** @throws Error without rows. */
export function standardOf(rows: readonly TrainingRow[]): Standard {
  const size = present(rows[0], "there are training rows").features.shape.length;
  const mean = new Float64Array(size);
  const spread = new Float64Array(size);
  for (const { features } of rows) {
    features.shape.forEach((value, i) => (mean[i] = (mean[i] ?? 0) + value / rows.length));
  }
  for (const { features } of rows) {
    features.shape.forEach((value, i) => {
      spread[i] = (spread[i] ?? 0) + (value - (mean[i] ?? 0)) ** 2 / rows.length;
    });
  }
  return { mean, spread: spread.map((value) => Math.sqrt(value) || 1) };
}

/** A row's shape features in spreads from the mean. */
export function zOf(row: TrainingRow, { mean, spread }: Standard): Float64Array {
  return standardised(
    row.features.shape,
    (place) => mean[place] ?? 0,
    (place) => spread[place] ?? 1,
  );
}
