import { describe, expect, it } from "vitest";
import type { OutcomeRow } from "@/cli/bench-month-outcomes.ts";
import { foldsOf, heldOutScores } from "@/cli/complexity/held-out-scores.ts";
import { outcomeRows, type TrainingRow } from "@/cli/complexity/training-rows.ts";
import { aimed, outcomeRow, sampledSets } from "./training-fixture.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

describe("folds", () => {
  const rows = outcomeRows([
    ...numbers(12).flatMap((subject) =>
      numbers(5).map((at) => outcomeRow("mmlu", `subject ${subject}`, at)),
    ),
    ...numbers(9).flatMap((category) =>
      numbers(5).map((at) => outcomeRow("mmlu_pro", `category ${category}`, at)),
    ),
    ...["gsm8k", "zeroeval_gsm", "zeroeval_crux", "zeroeval_math-l5", "dcrouter"].flatMap((bench) =>
      numbers(40).map((at) => outcomeRow(bench, bench, at)),
    ),
  ]);
  const folds = foldsOf(rows);
  const foldsBy = (part: (row: TrainingRow) => string) => {
    const found = new Map<string, Set<number | undefined>>();
    for (const row of rows) {
      found.set(part(row), (found.get(part(row)) ?? new Set()).add(folds.get(row.id)));
    }
    return found;
  };

  it("give every row one of five", () => {
    expect([...folds.keys()].sort()).toEqual(rows.map(({ id }) => id).sort());
    expect([...new Set(folds.values())].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it("leave MMLU subjects and MMLU-Pro categories out whole, spread over all", () => {
    const byGroup = [...foldsBy(({ group }) => group)];
    for (const bench of ["mmlu/", "mmlu_pro/"]) {
      const groups = byGroup.filter(([group]) => group.startsWith(bench));
      expect(groups.map(([, found]) => found.size)).toEqual(groups.map(() => 1));
      expect(new Set(groups.flatMap(([, found]) => [...found])).size).toBe(5);
    }
  });

  it("leave the other benches out whole, both collections of word problems together", () => {
    const byBench = foldsBy(({ bench }) => bench);
    for (const bench of ["gsm8k", "zeroeval_crux", "zeroeval_math-l5"]) {
      expect(byBench.get(bench)?.size).toBe(1);
    }
    expect(byBench.get("gsm8k")).toEqual(byBench.get("zeroeval_gsm"));
    expect(byBench.get("gsm8k")).not.toEqual(byBench.get("zeroeval_crux"));
  });

  it("leave single questions out of the bench of mixed tasks", () => {
    expect(foldsBy(({ bench }) => bench).get("dcrouter")?.size).toBe(5);
  });

  it("do not depend on the order of the rows", () => {
    const reversed = foldsOf([...rows].reverse());
    expect(rows.map(({ id }) => reversed.get(id))).toEqual(rows.map(({ id }) => folds.get(id)));
  });
});

describe("a held-out score", () => {
  const prompt = "If 3 pens cost 12 coins, what do 5 pens cost, and how many coins are left of 40?";
  const asked = { ...outcomeRow("gsm8k", "gsm8k", 0), prompt };
  const twin = (text: string): OutcomeRow => ({
    ...outcomeRow("zeroeval_crux", "crux", 1),
    prompt: text,
  });
  const { exam: sample, everyday } = sampledSets(40);
  const others = sample.filter(({ bench }) => bench === "mmlu" || bench === "mmlu_pro");

  /** The score of the question asked when its twin elsewhere taught `target`. */
  const scoreBeside = (text: string, target: number, own: number) => {
    const rows = outcomeRows([asked, twin(text)]).map((row) =>
      aimed(row, row.bench === "gsm8k" ? own : target),
    );
    const scores = heldOutScores({ exam: [...others, ...rows], everyday }, () => undefined);
    return scores.get(asked.id)?.score;
  };

  it("never learns from the question itself, nor from its text in another collection", () => {
    const same = `  ${prompt.toUpperCase()}`;
    const score = scoreBeside(same, 1, 1);
    expect(score).toBeGreaterThanOrEqual(0);
    expect(scoreBeside(same, -1, 1)).toBe(score);
    expect(scoreBeside(same, 1, -1)).toBe(score);
  });

  it("learns from another text in another collection", () => {
    const other = `Now: ${prompt}`;
    expect(scoreBeside(other, -1, 1)).not.toBe(scoreBeside(other, 1, 1));
  });
});
