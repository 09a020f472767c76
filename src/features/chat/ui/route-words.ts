import type { DecisionView } from "../schema.ts";

const reasonCodes = [
  "worth_it",
  "cheapest_fits",
  "picked_by_user",
  "optimization_off",
  "preferred",
  "only_candidate",
  "budget_tight",
  "other",
] as const;
const categories = [
  "chat",
  "question",
  "writing",
  "translation",
  "code",
  "maths",
  "analysis",
  "image",
  "other",
] as const;

export type ReasonCode = (typeof reasonCodes)[number];
export type QuestionCategory = (typeof categories)[number];

/** The catalogue's sentence for a reason; a code of a newer engine gets the general one. */
export function reasonCode(code: string): ReasonCode {
  return reasonCodes.find((known) => known === code) ?? "other";
}

export function questionCategory(category: string): QuestionCategory {
  return categories.find((known) => known === category) ?? "other";
}

const ROUNDED_FROM = 20;
const grouped = new Intl.NumberFormat("vi-VN");

/**
 * A count for "about N": exact while it can be counted on, from 20 on rounded down to two digits.
 * @returns the number for the plural rule and the text that shows it.
 */
export function about(count: number): { readonly count: number; readonly shown: string } {
  const step = count < ROUNDED_FROM ? 1 : 10 ** (Math.floor(Math.log10(count)) - 1);
  const rounded = Math.floor(count / step) * step;
  return { count: rounded, shown: grouped.format(rounded) };
}

/** What the choice was expected to save, or cost on top, against the usual model; null = neither. */
export function expectedSaving(decision: DecisionView): {
  readonly kind: "less" | "more";
  readonly amountMicroVnd: bigint;
  readonly referenceModelId: string;
} | null {
  const { referenceModelId, savedExpectedMicroVnd } = decision;
  const chosenModelId = decision.replacedModelId ?? decision.modelId;
  if (referenceModelId === null || savedExpectedMicroVnd === null) return null;
  const saved = BigInt(savedExpectedMicroVnd);
  if (saved === 0n || referenceModelId === chosenModelId) return null;
  return saved > 0n
    ? { kind: "less", amountMicroVnd: saved, referenceModelId }
    : { kind: "more", amountMicroVnd: -saved, referenceModelId };
}
