import { assert } from "@/domain/assert.ts";
import { findTerms } from "@/domain/complexity/find-terms.ts";
import { queryCategories, type QueryCategory } from "@/domain/complexity/query-categories.ts";
import { readText } from "@/domain/complexity/read-text.ts";
import { runScorer, scorerFeatures, type ScorerModel } from "@/domain/complexity/scorer-model.ts";
import { shapeOf } from "@/domain/complexity/shape.ts";
import { tokensOf } from "@/domain/complexity/tokens.ts";

export type { QueryCategory };
export type ComplexityLabel = "simple" | "medium" | "complex";

/** Scores from `medium` on are medium, from `complex` on complex. 0 < medium < complex <= 1. */
export type CutPoints = { readonly medium: number; readonly complex: number };

/** The trained model (loaded in `server/`) and what the policy version sets. */
export type ComplexityWeights = { readonly model: ScorerModel; readonly cutPoints: CutPoints };

export type ComplexityScore = {
  /** In [0, 1]; 1 is hardest: how much a stronger model is worth here. */
  readonly score: number;
  readonly label: ComplexityLabel;
  readonly category: QueryCategory;
  /** In [0, 1]: the probability of the category. */
  readonly confidence: number;
};

/** What the turn before was taken for. */
export type PreviousTurn = { readonly score: number; readonly category: QueryCategory };

export type ScoreQueryInput = {
  /** The user's message as typed; any length, any characters. */
  readonly text: string;
  /** Messages before it in the conversation, >= 0. */
  readonly contextTurns: number;
  /** The turn before, or null at the beginning. */
  readonly previous: PreviousTurn | null;
};

/** Below this no kind of work is likely, and a plain question is the safest guess. */
const likelyMin = 0.22;
const followUpWords = 8;
/** How much of the difficulty before a bare "go on" keeps, and any other short follow-up. */
const continuationShare = 0.9;
const shortShare = 0.5;
const contextLift = 0.04;
const contextTurnsMax = 20;

/**
 * How hard a message is to answer well, and what kind of work it is. Vietnamese (with and without
 * diacritics, which score alike) and English. A trained model of hashed words and the text's shape,
 * then the momentum of the conversation: deterministic, no packages, bounded cost.
 * @throws Error when the cut points are out of order (a policy we would not have stored).
 * Source: docs/complexity-model.md.
 */
export function scoreQuery(
  input: ScoreQueryInput,
  { model, cutPoints }: ComplexityWeights,
): ComplexityScore {
  const read = readText(input.text);
  if (read.plainWords.length === 0) return wordless(cutPoints);
  const tokens = tokensOf(read.plain);
  const evidence = findTerms(read.plainWords, true);
  const shape = shapeOf(read, tokens, evidence);
  const bits = { difficulty: model.wordBits, category: model.category.bits };
  const answer = runScorer(scorerFeatures(tokens, shape, bits), model);
  const confidence = Math.max(...answer.probabilities);
  const likeliest = queryCategories[answer.probabilities.indexOf(confidence)] ?? "question";
  const category = confidence < likelyMin ? "question" : likeliest;
  const isShort = read.wordCount <= followUpWords;
  const isContinuation = isShort && evidence.continuation > 0;
  const { previous } = input;
  if (previous !== null && isContinuation) {
    const score = Math.max(answer.difficulty, continuationShare * inRange(previous.score));
    return { score, label: labelOf(score, cutPoints), category: previous.category, confidence };
  }
  const score = withMomentum(answer.difficulty, input, { isShort, category });
  return { score, label: labelOf(score, cutPoints), category, confidence };
}

/** Marks and emoji alone ask for nothing a stronger model does better. */
function wordless(cutPoints: CutPoints): ComplexityScore {
  return { score: 0, label: labelOf(0, cutPoints), category: "chat", confidence: 1 };
}

/**
 * The label of a score under a policy's cut points.
 * @throws Error when the cut points are out of order.
 */
export function labelOf(score: number, { medium, complex }: CutPoints): ComplexityLabel {
  assert(medium > 0 && medium < complex && complex <= 1, "cut points stand in order in (0, 1]");
  if (score >= complex) return "complex";
  return score >= medium ? "medium" : "simple";
}

const inRange = (score: number) => Math.min(1, Math.max(0, score));

/**
 * A short follow-up is at least half as hard as what it follows; small talk in between is not. A
 * long conversation makes any question a little harder, for the context has to be kept in mind.
 */
function withMomentum(
  own: number,
  { contextTurns, previous }: ScoreQueryInput,
  { isShort, category }: { readonly isShort: boolean; readonly category: QueryCategory },
): number {
  if (category === "chat" || category === "image") return own;
  const turns = Math.min(contextTurnsMax, Math.max(0, contextTurns));
  const lifted = Math.min(1, own + (contextLift * turns) / contextTurnsMax);
  if (previous === null || !isShort) return lifted;
  return Math.max(lifted, shortShare * inRange(previous.score));
}
