import type { Quantised, ScorerModel } from "@/domain/complexity/scorer-model.ts";

function encoded({ values, step }: Quantised): unknown {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return { bits: values.BYTES_PER_ELEMENT * 8, step, base64: bytes.toString("base64") };
}

const isQuantised = (value: object): value is Quantised => "values" in value && "step" in value;

/** The weights as the file `src/server/complexity-model.ts` decodes, one line a part. */
export function encodeScorerModel(model: ScorerModel): string {
  return `${JSON.stringify(
    model,
    (_key, value: unknown) =>
      typeof value === "object" && value !== null && isQuantised(value) ? encoded(value) : value,
    1,
  )}\n`;
}
