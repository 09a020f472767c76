import { z } from "zod";
import type { Quantised, ScorerModel } from "@/domain/complexity/scorer-model.ts";
import weights from "./complexity-weights.json" with { type: "json" };

const quantised = z
  .strictObject({
    bits: z.union([z.literal(8), z.literal(16)]),
    step: z.number(),
    base64: z.string(),
  })
  .transform(({ bits, step, base64 }): Quantised => {
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    return {
      step,
      values: bits === 8 ? new Int8Array(bytes.buffer) : new Int16Array(bytes.buffer),
    };
  });
const squash = z.strictObject({ middle: z.number(), width: z.number() });
const standard = z.strictObject({ mean: quantised, spread: quantised });
const linearHead = { words: quantised, shape: quantised };

const weightsFile = z.strictObject({
  version: z.string(),
  wordBits: z.number().int(),
  standard,
  exam: z.strictObject({ ...linearHead, standard, shapePairs: quantised, squash }),
  everyday: z.strictObject({ ...linearHead, categoryGain: quantised, squash }),
  gate: z.strictObject({ ...linearHead, squash }),
  category: z.strictObject({
    ...linearHead,
    bits: z.number().int(),
    bias: quantised,
    sharpness: z.number(),
  }),
});

/**
 * Decodes a weights file (little-endian integers in base64).
 * @throws ZodError for a file of another shape.
 */
export function decodeScorerModel(file: unknown): ScorerModel {
  return weightsFile.parse(file);
}

let held: ScorerModel | null = null;

/** The trained scorer's weights, decoded once per process. Never sent to a browser. */
export function complexityModel(): ScorerModel {
  held ??= decodeScorerModel(weights);
  return held;
}
