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
