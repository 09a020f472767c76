import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { encodeScorerModel } from "@/cli/complexity/encode-model.ts";
import { prepareTraining, trainModel } from "@/cli/complexity/train-model.ts";
import { featuresOf, tableBits } from "@/cli/complexity/training-rows.ts";
import { queryCategories } from "@/domain/complexity/query-categories.ts";
import { runScorer } from "@/domain/complexity/scorer-model.ts";
import { shapeNames } from "@/domain/complexity/shape.ts";
import { complexityModel, decodeScorerModel } from "@/server/complexity-model.ts";
import { root, sampledSets } from "./training-fixture.ts";

const shippedFile = path.join(root, "src/server/complexity-weights.json");
const maxBytes = 600_000;

/** Stands for a whole file: a difference of a hundred thousand numbers is no message. */
const digestOf = (file: string) => createHash("sha256").update(file).digest("hex");

/** Every number of a weights file by its place, whatever the order of the parts. */
function partsOf(file: string): string {
  const ordered = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, part]) => [name, ordered(part)])
      : value;
  return digestOf(JSON.stringify(ordered(JSON.parse(file))));
}

describe("training", () => {
  const train = () => {
    const sets = sampledSets(8);
    return trainModel(sets, prepareTraining(sets), "sample");
  };
  const model = train();
  const file = encodeScorerModel(model);

  it("of equal rows writes equal files, byte for byte", () => {
    expect(digestOf(encodeScorerModel(train()))).toBe(digestOf(file));
  });

  it("gives weights that are the same after encoding and decoding", () => {
    const decoded = decodeScorerModel(JSON.parse(file));
    expect(partsOf(encodeScorerModel(decoded))).toBe(partsOf(file));
    for (const text of ["Giải phương trình x^2 = 4", "hello", "def f(x):\n    return x"]) {
      expect(runScorer(featuresOf(text), decoded)).toEqual(runScorer(featuresOf(text), model));
    }
  });

  it("learns from what it was given", () => {
    const { exam, everyday } = sampledSets(8);
    const meanOf = (rows: typeof exam) =>
      rows.reduce((sum, row) => sum + runScorer(row.features, model).difficulty, 0) / rows.length;
    expect(meanOf(everyday.filter((row) => row.target === 1))).toBeGreaterThan(
      meanOf(everyday.filter((row) => row.target === 0)) + 0.2,
    );
    expect(meanOf(exam.filter((row) => row.target > 0))).toBeGreaterThan(
      meanOf(exam.filter((row) => row.target <= 0)),
    );
    const right = everyday.filter(({ features, category }) => {
      const { probabilities } = runScorer(features, model);
      return queryCategories[probabilities.indexOf(Math.max(...probabilities))] === category;
    });
    expect(right.length / everyday.length).toBeGreaterThan(0.9);
  });
});

describe("the shipped weights", () => {
  const model = complexityModel();

  it("are no larger than 600 kB", () => {
    expect(statSync(shippedFile).size).toBeLessThanOrEqual(maxBytes);
  });

  it("are encoded as training encodes them", () => {
    expect(partsOf(encodeScorerModel(model))).toBe(partsOf(readFileSync(shippedFile, "utf8")));
  });

  it("have a place for everything the scorer reads", () => {
    const shapes = shapeNames.length;
    const words = 2 ** tableBits.difficulty;
    const categories = queryCategories.length;
    expect({ words: model.wordBits, category: model.category.bits }).toEqual({
      words: tableBits.difficulty,
      category: tableBits.category,
    });
    for (const head of [model.exam, model.everyday, model.gate]) {
      expect(head.words.values.length).toBe(words);
      expect(head.shape.values.length).toBe(shapes);
    }
    expect(model.exam.shapePairs.values.length).toBe((shapes * (shapes + 1)) / 2);
    expect(model.everyday.categoryGain.values.length).toBe(categories);
    expect(model.category.words.values.length).toBe(categories * 2 ** tableBits.category);
    expect(model.category.shape.values.length).toBe(categories * shapes);
    expect(model.category.bias.values.length).toBe(categories);
    expect(featuresOf("any text").shape.length).toBe(shapes);
  });

  it("of another shape are refused", () => {
    const odd = encodeScorerModel(model).replace('"bits": 8', '"bits": 9');
    expect(() => decodeScorerModel(JSON.parse(odd))).toThrow("bits");
    expect(() => decodeScorerModel({})).toThrow("version");
  });
});
