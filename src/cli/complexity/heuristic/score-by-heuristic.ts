import { findTerms } from "@/domain/complexity/find-terms.ts";
import type { QueryCategory } from "@/domain/complexity/query-categories.ts";
import { readText, wordsOf } from "@/domain/complexity/read-text.ts";
import { categoryOf, difficultyOf, shapeOf } from "./heuristic.ts";
import { isImageWish } from "./image-wish.ts";

const imageScore = 0.2;

/**
 * The hand-set scorer of the first policy, a plain sum of length, terms and marks: kept as the
 * baseline the trained one is measured against. Not used in production.
 */
export function scoreByHeuristic(text: string): {
  readonly score: number;
  readonly category: QueryCategory;
} {
  const read = readText(text);
  const evidence = findTerms(wordsOf(read.text), read.isUnmarked);
  if (isImageWish(read, evidence)) return { score: imageScore, category: "image" };
  const shape = shapeOf(read);
  const { category } = categoryOf(shape, evidence);
  return { score: difficultyOf(shape, evidence, category), category };
}
