import type { Evidence } from "@/domain/complexity/find-terms.ts";
import { wordsOf, type ReadText } from "@/domain/complexity/read-text.ts";
import { englishWords } from "@/domain/complexity/terms.ts";

export type TextCategory =
  "chat" | "question" | "writing" | "translation" | "code" | "maths" | "analysis";

/** What the heuristic sees in a text besides its terms; counts, never the text. */
export type Shape = {
  readonly wordCount: number;
  readonly codeMarks: number;
  readonly mathsMarks: number;
  readonly questionCount: number;
  readonly listedItemCount: number;
  readonly isMixedLanguage: boolean;
};

/**
 * Where a category starts before anything else is known: hand-set from example prompts, the
 * baseline to beat.
 */
const startOf: Readonly<Record<TextCategory, number>> = {
  chat: 0.02,
  question: 0.1,
  translation: 0.14,
  writing: 0.18,
  maths: 0.24,
  code: 0.26,
  analysis: 0.3,
};

/** On equal evidence the earlier wins: the more special the work, the fewer words name it. */
const categories = [
  "translation",
  "code",
  "maths",
  "writing",
  "analysis",
  "question",
  "chat",
] as const;

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/** 0 at 0, 0.63 at `scale`, towards 1: the tenth term adds less than the first. */
const saturate = (amount: number, scale: number) => 1 - Math.exp(-amount / scale);

/** Counts the marks of code, formulas, lists and mixed languages. */
export function shapeOf(read: ReadText): Shape {
  const { text } = read;
  const fences = count(text, /```/g);
  const codeLines =
    count(text, /(?:[;{}]|=>|\(\)|\);|<\/[a-z]+>)[ \t]*$/gm) +
    count(text, /^[ \t]*(?:def|import|const|let|func|public|select|from|#include)\b.*[=({*;,.:]/gm);
  const english = wordsOf(read.text).reduce(
    (sum, word) => sum + (englishWords.has(word) ? 1 : 0),
    0,
  );
  return {
    wordCount: read.wordCount,
    codeMarks: fences * 2 + Math.min(codeLines, 10),
    mathsMarks: count(
      text,
      /[∫∑√∞≤≥≠π∂∀∃]|\\frac|\\int|\\sum|\d\s*[*/^×÷]\s*\d|\d\s*\+\s*\d|[a-z]\^\d|[xyz]\s*[+=-]\s*\d/g,
    ),
    questionCount: count(text, /\?/g),
    listedItemCount: count(text, /^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+\S/gm),
    isMixedLanguage: !read.isUnmarked && english >= 3,
  };
}

/** The category most of the evidence speaks for, and its share of that evidence in [0, 1]. */
export function categoryOf(
  shape: Shape,
  evidence: Evidence,
): { readonly category: TextCategory; readonly share: number } {
  const points: Readonly<Record<TextCategory, number>> = {
    translation: evidence.translation * 1.25,
    code: evidence.code + Math.min(shape.codeMarks, 6) * 1.5,
    maths: evidence.maths + Math.min(shape.mathsMarks, 3) * 2,
    writing: evidence.writing,
    analysis: evidence.analysis,
    question: evidence.question * 0.45 + (shape.questionCount > 0 ? 1 : 0),
    chat: evidence.chat * 0.6,
  };
  const total = categories.reduce((sum, name) => sum + points[name], 0);
  if (total === 0) return { category: shape.wordCount <= 4 ? "chat" : "question", share: 0 };
  const category = categories.reduce((best, name) => (points[name] > points[best] ? name : best));
  return { category, share: points[category] / total };
}

/**
 * Difficulty in [0, 1] of a text on its own. Length lifts by 0.14 at most, so that it never makes
 * `complex` alone.
 */
export function difficultyOf(shape: Shape, evidence: Evidence, category: TextCategory): number {
  const technical = evidence.code + evidence.maths + evidence.analysis;
  const tasks = Math.max(0, shape.questionCount - 1) + shape.listedItemCount;
  const score =
    startOf[category] +
    0.14 * saturate(shape.wordCount, 150) +
    0.42 * saturate(evidence.depth, 8) +
    0.18 * saturate(technical, 8) +
    0.1 * saturate(shape.codeMarks, 6) +
    0.06 * saturate(shape.mathsMarks, 3) +
    0.12 * saturate(tasks, 3) +
    (shape.isMixedLanguage ? 0.02 : 0);
  return Math.min(1, category === "chat" ? score * 0.5 : score);
}
