import type { QueryCategory } from "@/domain/complexity/score-query.ts";
import { labelOf } from "@/domain/complexity/score-query.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { PastAnswer } from "./demand-profile.ts";

const FACTOR_MIN = 0.25;
const FACTOR_MAX = 4;

/** Answers exactly as long as expected that every person starts with, per category. */
const PSEUDO_ANSWERS = 5;

/** What is kept of how long a person's answers are. */
export type OutputProfile = {
  /** The factors compare with this version's expectations and mean nothing to another's. */
  readonly policyVersion: string;
  readonly learnedAtMs: number;
  readonly byCategory: Readonly<
    Partial<Record<QueryCategory, { readonly factor: number; readonly answers: number }>>
  >;
};

/**
 * How long a person's whole answers are by category, beside what the policy expects of such
 * questions: the ratio of the sums, shrunk to 1 by pseudo-answers. One runaway answer counts as four
 * times its expectation at most.
 * @returns factors in [0.25, 4]. Source: empirical-Bayes ratio estimate.
 */
export function learnOutput(
  answers: readonly PastAnswer[],
  policy: RoutingPolicy,
  nowMs: number,
): OutputProfile {
  const byCategory = new Map<QueryCategory, { answers: number; seen: number; expected: number }>();
  for (const answer of answers) {
    if (!answer.isWhole) continue;
    const label = labelOf(answer.score, policy.cutPoints);
    const expected = policy.outputTokensExpected[answer.category][label];
    const sum = byCategory.get(answer.category) ?? { answers: 0, seen: 0, expected: 0 };
    byCategory.set(answer.category, {
      answers: sum.answers + 1,
      seen: sum.seen + Math.min(answer.outputTokens, FACTOR_MAX * expected),
      expected: sum.expected + expected,
    });
  }
  return {
    policyVersion: policy.version,
    learnedAtMs: nowMs,
    byCategory: Object.fromEntries(
      [...byCategory].map(([category, { answers: count, seen, expected }]) => {
        const pseudo = (PSEUDO_ANSWERS * expected) / count;
        return [
          category,
          { factor: bounded((seen + pseudo) / (expected + pseudo)), answers: count },
        ];
      }),
    ),
  };
}

/** The factor for a question of this category; 1 where nothing is known under this policy. */
export function outputFactorOf(
  profile: OutputProfile | null,
  policyVersion: string,
  category: QueryCategory,
): number {
  if (profile?.policyVersion !== policyVersion) return 1;
  return bounded(profile.byCategory[category]?.factor ?? 1);
}

function bounded(factor: number): number {
  const rounded = Math.round(factor * 1e4) / 1e4;
  return Math.min(FACTOR_MAX, Math.max(FACTOR_MIN, rounded));
}
