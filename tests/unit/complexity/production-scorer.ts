import { marketPolicy } from "@drizzle/seed-policy.ts";
import {
  scoreQuery,
  type ComplexityScore,
  type ComplexityWeights,
  type PreviousTurn,
} from "@/domain/complexity/score-query.ts";
import { complexityModel } from "@/server/complexity-model.ts";

/** The shipped weights under the cut points of the shipped policy. */
export const productionWeights: ComplexityWeights = {
  model: complexityModel(),
  cutPoints: marketPolicy.cutPoints,
};

/** A text's score at the beginning of a conversation, or after a turn four messages in. */
export function scoreText(text: string, previous: PreviousTurn | null = null): ComplexityScore {
  const contextTurns = previous === null ? 0 : 4;
  return scoreQuery({ text, contextTurns, previous }, productionWeights);
}

/** The part of `all` that passes, in [0, 1]. */
export function shareOf<T>(all: readonly T[], passes: (item: T) => boolean): number {
  return all.filter(passes).length / all.length;
}
