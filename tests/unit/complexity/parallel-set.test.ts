import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { spearman } from "@/cli/complexity/routing-figures.ts";
import {
  parallelFolder,
  readParallelSet,
  type ParallelQuestion,
} from "@/cli/complexity/training-rows.ts";
import { queryCategories } from "@/domain/complexity/query-categories.ts";
import { stripDiacritics } from "@/domain/complexity/read-text.ts";
import { scoreText, shareOf } from "./production-scorer.ts";

const folder = path.resolve(import.meta.dirname, "../../..", parallelFolder);
const levels = ["simple", "medium", "complex"] as const;
type Spelling = "en" | "vi" | "plain";

const everything = readParallelSet(folder);
const trainingIds = idsOf(path.join(folder, "training"));
const set = everything.filter(({ id }) => !trainingIds.has(id));
const heldOut = everything.filter(({ isHeldOut }) => isHeldOut);

function idsOf(directory: string): ReadonlySet<string> {
  const lines = readdirSync(directory).flatMap((file) =>
    readFileSync(path.join(directory, file), "utf8").trim().split("\n"),
  );
  return new Set(lines.map((line) => z.object({ id: z.string() }).parse(JSON.parse(line)).id));
}

/** A question's spellings as one compares them: words alone, in lower case, without diacritics. */
function textsOf({ en, vi, casual }: ParallelQuestion): readonly string[] {
  return [en, vi, casual ?? en].map((text) =>
    stripDiacritics(text)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
      .trim(),
  );
}

describe("the parallel set", () => {
  it("has at least 600 questions, each of its own id, of every category and level", () => {
    expect(set.length).toBeGreaterThanOrEqual(600);
    expect(new Set(everything.map(({ id }) => id)).size).toBe(everything.length);
    for (const questions of [set, heldOut]) {
      const kinds = new Set(questions.map(({ category, level }) => `${category}, ${level}`));
      expect(kinds.size).toBe(queryCategories.length * levels.length);
    }
  });

  it("keeps about 40 % out of training, by the id alone", () => {
    const share = heldOut.length / set.length;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.45);
    expect(readParallelSet(folder)).toEqual(everything);
    expect(heldOut.filter(({ id }) => trainingIds.has(id))).toEqual([]);
  });

  it("keeps at least 60 image wishes and 60 look-alikes out", () => {
    const wishes = heldOut.filter(({ category }) => category === "image");
    const lookAlikes = heldOut.filter(({ lookalike }) => lookalike === true);
    expect(wishes.length).toBeGreaterThanOrEqual(60);
    expect(lookAlikes.length).toBeGreaterThanOrEqual(60);
    expect(lookAlikes.filter(({ category }) => category === "image")).toEqual([]);
  });

  it("shares no text between what is kept out and what is learned from", () => {
    const learned = new Set(everything.filter((row) => !row.isHeldOut).flatMap(textsOf));
    const met = heldOut.filter((question) => textsOf(question).some((text) => learned.has(text)));
    expect(met.map(({ id }) => id)).toEqual([]);
  });

  it.each(["en", "vi"] as const)("has lengths that do not tell the level: %s", (spelling) => {
    const correlation = spearman(
      set.map(({ level }) => levels.indexOf(level)),
      set.map((question) => question[spelling].length),
    );
    expect(Math.abs(correlation)).toBeLessThan(0.1);
  });
});

const judged = heldOut.map((question) => ({
  question,
  en: scoreText(question.en),
  vi: scoreText(question.vi),
  plain: scoreText(stripDiacritics(question.vi)),
}));
type Judged = (typeof judged)[number];

const scoresOf = (spelling: Spelling) => judged.map((row) => row[spelling].score);
const isWish = ({ question }: Judged) => question.category === "image";
const isAlike = (row: Judged) => isWish(row) || row.question.lookalike === true;

describe("what is kept out of training", () => {
  it("scores alike in both languages", () => {
    expect(spearman(scoresOf("en"), scoresOf("vi"))).toBeGreaterThanOrEqual(0.85);
  });

  it("scores the same without diacritics", () => {
    expect(spearman(scoresOf("vi"), scoresOf("plain"))).toBeGreaterThanOrEqual(0.95);
    expect(judged.map((row) => row.plain)).toEqual(judged.map((row) => row.vi));
  });

  it.each(["en", "vi"] as const)("scores higher with the level: %s", (spelling) => {
    const places = judged.map(({ question }) => levels.indexOf(question.level));
    expect(spearman(scoresOf(spelling), places)).toBeGreaterThanOrEqual(0.49);
  });

  it.each(["en", "vi"] as const)("is not scored by length within a level: %s", (spelling) => {
    const correlations = levels.map((level) => {
      const ofLevel = judged.filter(({ question }) => question.level === level);
      return Math.abs(
        spearman(
          ofLevel.map((row) => row[spelling].score),
          ofLevel.map(({ question }) => question[spelling].length),
        ),
      );
    });
    const mean = correlations.reduce((sum, value) => sum + value, 0) / levels.length;
    expect(mean).toBeLessThan(0.3);
  });

  /** As measured with the shipped weights, rounded down to the percent. */
  it.each([
    { spelling: "en", accuracy: 0.82, recall: 0.8, precision: 0.83, amongAlikes: 0.93 },
    { spelling: "vi", accuracy: 0.84, recall: 0.88, precision: 0.85, amongAlikes: 0.97 },
    { spelling: "plain", accuracy: 0.84, recall: 0.88, precision: 0.85, amongAlikes: 0.97 },
  ] as const)("gets its category as often as shipped: $spelling", ({ spelling, ...floors }) => {
    const isSaidWish = (row: Judged) => row[spelling].category === "image";
    const isRight = (row: Judged) => row[spelling].category === row.question.category;
    const saidWishes = judged.filter(isSaidWish);
    const figures = {
      accuracy: shareOf(judged, isRight),
      recall: shareOf(judged.filter(isWish), isSaidWish),
      precision: shareOf(saidWishes, isWish),
      amongAlikes: shareOf(saidWishes.filter(isAlike), isWish),
    };
    expect(figures.accuracy).toBeGreaterThanOrEqual(floors.accuracy);
    expect(figures.recall).toBeGreaterThanOrEqual(floors.recall);
    expect(figures.precision).toBeGreaterThanOrEqual(floors.precision);
    expect(figures.amongAlikes).toBeGreaterThanOrEqual(floors.amongAlikes);
  });
});
