import type { ComplexityLabel } from "@/domain/complexity/score-query.ts";
import type { Weight } from "./replay-decision.ts";

/** Decisions of one label: those that both sides would answer, weighed on one scale. */
export type ReplayLine = {
  readonly label: ComplexityLabel;
  readonly decisions: number;
  readonly changed: number;
  /** The other side would have refused, or could not decide. */
  readonly refused: number;
  readonly costBeforeMicroVnd: bigint;
  readonly costAfterMicroVnd: bigint;
  /** Means over the decisions both answer, in [0, 1]. */
  readonly qualityBefore: number;
  readonly qualityAfter: number;
};

export type ReplayReport = {
  readonly decisions: number;
  /** Decisions whose own policy gave another result, unreadable ones included. */
  readonly differences: number;
  /** The first of them, one sentence each. */
  readonly examples: readonly string[];
  readonly lines: readonly ReplayLine[];
};

const LABELS = ["simple", "medium", "complex"] as const;
const EXAMPLES_MAX = 10;

type Sums = {
  decisions: number;
  changed: number;
  refused: number;
  weighed: number;
  costBefore: bigint;
  costAfter: bigint;
  qualityBefore: number;
  qualityAfter: number;
};

/** Adds up a replay, decision by decision. */
export type ReplayTally = {
  readonly addDifference: (turnId: string, differences: readonly string[]) => void;
  readonly addComparison: (label: ComplexityLabel, comparison: Comparison) => void;
  readonly countDecision: () => void;
  readonly report: () => ReplayReport;
};

/** A served choice beside another: `after` null = the other side refuses. */
export type Comparison = {
  readonly isChanged: boolean;
  readonly before: Weight | null;
  readonly after: Weight | null;
};

export function startTally(): ReplayTally {
  let decisions = 0;
  let differences = 0;
  const examples: string[] = [];
  const byLabel = new Map<ComplexityLabel, Sums>();
  return {
    countDecision: () => {
      decisions += 1;
    },
    addDifference: (turnId, found) => {
      if (found.length === 0) return;
      differences += 1;
      if (examples.length < EXAMPLES_MAX) examples.push(`turn ${turnId}: ${found.join(", ")}`);
    },
    addComparison: (label, comparison) => {
      const sums = byLabel.get(label) ?? noSums();
      byLabel.set(label, sums);
      addTo(sums, comparison);
    },
    report: () => ({
      decisions,
      differences,
      examples,
      lines: LABELS.flatMap((label) => {
        const sums = byLabel.get(label);
        return sums === undefined ? [] : [lineOf(label, sums)];
      }),
    }),
  };
}

function noSums(): Sums {
  const counts = { decisions: 0, changed: 0, refused: 0, weighed: 0 };
  return { ...counts, costBefore: 0n, costAfter: 0n, qualityBefore: 0, qualityAfter: 0 };
}

function addTo(sums: Sums, { isChanged, before, after }: Comparison): void {
  sums.decisions += 1;
  if (isChanged) sums.changed += 1;
  if (after === null) sums.refused += 1;
  if (before === null || after === null) return;
  sums.weighed += 1;
  sums.costBefore += before.costMicroVnd;
  sums.costAfter += after.costMicroVnd;
  sums.qualityBefore += before.quality;
  sums.qualityAfter += after.quality;
}

function lineOf(label: ComplexityLabel, sums: Sums): ReplayLine {
  const { decisions, changed, refused, weighed } = sums;
  return {
    label,
    decisions,
    changed,
    refused,
    costBeforeMicroVnd: sums.costBefore,
    costAfterMicroVnd: sums.costAfter,
    qualityBefore: weighed === 0 ? 0 : sums.qualityBefore / weighed,
    qualityAfter: weighed === 0 ? 0 : sums.qualityAfter / weighed,
  };
}
