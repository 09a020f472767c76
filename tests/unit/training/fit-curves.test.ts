import shipped from "@drizzle/quality-curves.json" with { type: "json" };
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OutcomeRow } from "@/cli/bench-month-outcomes.ts";
import { encodeCurves, fitCurves, type FittedCurves } from "@/cli/complexity/fit-curves.ts";
import type { HeldOutScore } from "@/cli/complexity/held-out-scores.ts";
import { queryCategories } from "@/domain/complexity/query-categories.ts";
import { outcomeRow } from "./training-fixture.ts";

const classes = ["small", "economy", "standard", "premium"];
const models = [
  "Meta-Llama-3.1-8B-Instruct",
  "gpt-4o-mini-2024-07-18",
  "gpt-4o-2024-08-06",
  "claude-3-5-sonnet-20241022",
];
/** What each model of `models` made of a question. */
type Rights = readonly [number, number, number, number];
type Asked = { readonly scored: HeldOutScore; readonly rights: Rights };

function fitted(asked: readonly Asked[]): FittedCurves {
  const rows = asked.map(({ rights }, at): OutcomeRow => ({
    ...outcomeRow("mmlu_pro", "physics", at),
    outcomes: Object.fromEntries(models.map((model, place) => [model, rights[place] ?? 0])),
  }));
  const scores = new Map(rows.map(({ id }, at) => [id, asked[at]?.scored ?? nothing]));
  return fitCurves(rows, scores);
}
const nothing: HeldOutScore = { score: 0, category: "question" };

function offencesOf(curves: FittedCurves): readonly string[] {
  return classes.flatMap((name, place) =>
    queryCategories.flatMap((category) => {
      const points = curves[name]?.[category] ?? [];
      const below = place === 0 ? [] : (curves[classes[place - 1] ?? ""]?.[category] ?? []);
      const where = `${name}, ${category}`;
      return [
        ...(points.length === 11 ? [] : [`${where}: ${points.length} points`]),
        ...points.flatMap((value, at) => [
          ...(value >= 0 && value <= 1 ? [] : [`${where}: ${value} is no share`]),
          ...(at > 0 && value > (points[at - 1] ?? 0) ? [`${where}: rises at ${at}`] : []),
          ...(value < (below[at] ?? 0) ? [`${where}: below the class before at ${at}`] : []),
        ]),
      ];
    }),
  );
}

const right = fc.constantFrom(0, 1);
const anyAsked: fc.Arbitrary<Asked> = fc.record({
  scored: fc.record({
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    category: fc.constantFrom(...queryCategories),
  }),
  rights: fc.tuple(right, right, right, right),
});

describe("fitted curves", () => {
  it("never rise with difficulty, and no class is below the one before, whatever the outcomes", () => {
    fc.assert(
      fc.property(fc.array(anyAsked, { maxLength: 300 }), (asked) => {
        expect(offencesOf(fitted(asked))).toEqual([]);
      }),
      { seed: 20_261_121, numRuns: 100 },
    );
  });

  it("hold to this where outcomes rise with difficulty and better classes do worse", () => {
    const asked = Array.from({ length: 2_000 }, (_, at): Asked => {
      const score = (at % 100) / 100;
      const isHard = score > 0.5 ? 1 : 0;
      return { scored: { score, category: "maths" }, rights: [1, isHard, isHard, 0] };
    });
    expect(offencesOf(fitted(asked))).toEqual([]);
  });

  it("follow many outcomes, and keep to the line where there are none", () => {
    const asked = Array.from({ length: 4_000 }, (_, at): Asked => {
      const score = (at % 100) / 100;
      const isRight = score < 0.5 ? 1 : 0;
      return { scored: { score, category: "code" }, rights: [isRight, 1, 1, 1] };
    });
    const { small } = fitted(asked);
    expect(small?.code[1]).toBeGreaterThan(0.9);
    expect(small?.code[9]).toBeLessThan(0.15);
    expect(small?.writing[0]).toBeCloseTo(0.93, 2);
    expect(small?.writing[10]).toBeCloseTo(0.42, 2);
  });

  it("of the shipped policy never rise either, and their classes are in order", () => {
    expect(Object.keys(shipped)).toEqual(classes);
    expect(offencesOf(shipped)).toEqual([]);
  });

  it("are the same after encoding", () => {
    expect(JSON.parse(encodeCurves(shipped))).toEqual(shipped);
  });
});
