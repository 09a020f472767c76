import { assert } from "@/domain/assert.ts";
import { findTerms } from "@/domain/complexity/find-terms.ts";
import type { TextCategory } from "@/domain/complexity/heuristic.ts";
import { categoryOf, difficultyOf, shapeOf } from "@/domain/complexity/heuristic.ts";
import { isImageWish } from "@/domain/complexity/image-wish.ts";
import { readText } from "@/domain/complexity/read-text.ts";

export type ComplexityLabel = "simple" | "medium" | "complex";
export type QueryCategory = TextCategory | "image";

/**
 * What a policy version sets: scores from `medium` on are medium, from `complex` on complex.
 * 0 < medium < complex <= 1.
 */
export type ComplexityWeights = {
  readonly cutPoints: { readonly medium: number; readonly complex: number };
};

export type ComplexityScore = {
  /** In [0, 1]; 1 is hardest. */
  readonly score: number;
  readonly label: ComplexityLabel;
  readonly category: QueryCategory;
  /** In [0, 1]: how far from the next cut point, and how clear the category is. */
  readonly confidence: number;
};

export type ScoreQueryInput = {
  /** The user's message as typed; any length, any characters. */
  readonly text: string;
  /** Messages before it in the conversation, >= 0. */
  readonly contextTurns: number;
  /** The score of the turn before, or null at the beginning. */
  readonly previousScore: number | null;
};

/** The cut points the first policy version starts with. */
export const baselineWeights: ComplexityWeights = { cutPoints: { medium: 0.34, complex: 0.62 } };

const imageScore = 0.2;
const imageConfidence = 0.9;
const followUpWords = 8;

/**
 * How hard a message is to answer well, and what kind of work it is. Vietnamese (with and without
 * diacritics) and English. A plain heuristic of length, terms, language mix, code and questions:
 * deterministic, no packages, bounded cost.
 * @throws Error when the cut points are out of order (a policy we would not have stored).
 * Source: hand-set weights, measured in tests/unit/complexity; the baseline for a trained scorer.
 */
export function scoreQuery(input: ScoreQueryInput, weights: ComplexityWeights): ComplexityScore {
  const { medium, complex } = weights.cutPoints;
  assert(medium > 0 && medium < complex && complex <= 1, "cut points stand in order in (0, 1]");
  const read = readText(input.text);
  const evidence = findTerms(read);
  if (isImageWish(read, evidence)) {
    const label = labelOf(imageScore, weights);
    return { score: imageScore, label, category: "image", confidence: imageConfidence };
  }
  const shape = shapeOf(read);
  const { category, share } = categoryOf(shape, evidence);
  const own = difficultyOf(shape, evidence, category);
  const isContinuation = evidence.continuation > 0 && read.wordCount <= followUpWords;
  const score = withMomentum(own, input, {
    isContinuation,
    isShort: read.wordCount <= followUpWords,
    category,
  });
  const margin = Math.min(1, Math.min(Math.abs(score - medium), Math.abs(score - complex)) / 0.2);
  return {
    score,
    label: labelOf(score, weights),
    category,
    confidence: 0.3 + 0.4 * margin + 0.3 * share,
  };
}

function labelOf(score: number, { cutPoints }: ComplexityWeights): ComplexityLabel {
  if (score >= cutPoints.complex) return "complex";
  return score >= cutPoints.medium ? "medium" : "simple";
}

/**
 * A short follow-up ("làm tiếp đi") is as hard as what it follows; small talk in between is not. A
 * long conversation makes any question a little harder, for the context has to be kept in mind.
 */
function withMomentum(
  own: number,
  { contextTurns, previousScore }: ScoreQueryInput,
  follow: {
    readonly isContinuation: boolean;
    readonly isShort: boolean;
    readonly category: TextCategory;
  },
): number {
  if (follow.category === "chat" && !follow.isContinuation) return own;
  const lifted = Math.min(1, own + 0.04 * Math.min(1, Math.max(0, contextTurns) / 20));
  if (previousScore === null) return lifted;
  const before = Math.min(1, Math.max(0, previousScore));
  if (follow.isContinuation) return Math.max(lifted, 0.9 * before);
  return follow.isShort ? Math.max(lifted, 0.5 * before) : lifted;
}
