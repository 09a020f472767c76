import type { Evidence } from "@/domain/complexity/find-terms.ts";
import type { ReadText } from "@/domain/complexity/read-text.ts";
import { isNumber, isWord, type Token } from "@/domain/complexity/tokens.ts";

/** Marks and words that are counted one by one, English and Vietnamese without diacritics. */
const counted = {
  sentences: ". ! ?",
  questionMarks: "?",
  commas: ",",
  parentheses: "( )",
  operators: "- + * / ^ = < >",
  formulaMarks: "\\ $",
  codeMarks: "; { } =",
  percents: "% percent",
  quotes: "\" ' `",
  colons: ":",
  brackets: "[ ]",
  equals: "=",
  hashes: "#",
  loops: "for while",
  branches: "if elif else switch",
  negations: "not except never no none least incorrect false",
  relations:
    "each every twice half double triple times per fewer remaining left total third quarter rest both another " +
    "moi gap nua lai tong hon kem bot",
} as const;

type Counted = keyof typeof counted;

const countedNames = [
  "sentences",
  "questionMarks",
  "commas",
  "parentheses",
  "operators",
  "formulaMarks",
  "codeMarks",
  "percents",
  "quotes",
  "colons",
  "brackets",
  "equals",
  "hashes",
  "loops",
  "branches",
  "negations",
  "relations",
] as const satisfies readonly Counted[];

const signalNames = [
  "question",
  "writing",
  "translation",
  "code",
  "maths",
  "analysis",
  "chat",
  "depth",
  "continuation",
  "notImage",
] as const satisfies readonly (keyof Evidence)[];

/**
 * What the trained scorer sees in a text besides its words, in the order of `shapeOf`. A trained
 * model knows the places by number: a change here needs a new training.
 */
export const shapeNames: readonly string[] = [
  "chars",
  "words",
  "wordLength",
  "longWordShare",
  "longestWord",
  "distinctWordShare",
  "wordsPerSentence",
  "numbers",
  "distinctNumbers",
  "longestNumber",
  "decimals",
  "capitals",
  "lines",
  "indentedLines",
  "optionChars",
  "optionWords",
  ...countedNames,
  ...signalNames,
];

const placesOf: ReadonlyMap<string, readonly number[]> = (() => {
  const places = new Map<string, number[]>();
  countedNames.forEach((name, place) => {
    for (const token of counted[name].split(" "))
      places.set(token, [...(places.get(token) ?? []), place]);
  });
  return places;
})();

const log = Math.log1p;
const longWordLetters = 8;
const optionLinesMin = 3;

type Lines = { count: number; indented: number; options: number; chars: number; words: number };

/** Lines, indented ones and given answers ("A. …", "b) …"), read in one pass. */
function readLines(plain: string): Lines {
  const lines: Lines = { count: 0, indented: 0, options: 0, chars: 0, words: 0 };
  for (let start = 0; start <= plain.length; lines.count += 1) {
    const newline = plain.indexOf("\n", start);
    const end = newline === -1 ? plain.length : newline;
    const first = plain.charCodeAt(start);
    if (end - start > 2 && (first === 32 || first === 9)) lines.indented += 1;
    const mark = plain.charCodeAt(start + 1);
    const isOption = first >= 97 && first <= 106 && (mark === 46 || mark === 41);
    if (isOption && end - start > 3 && plain.charCodeAt(start + 2) === 32) {
      lines.options += 1;
      lines.chars += end - start;
      for (let at = start; at < end; at += 1) if (plain.charCodeAt(at) === 32) lines.words += 1;
    }
    start = end + 1;
  }
  return lines;
}

/** The features of a text's form, and whether it offers answers to choose from. */
export type Shape = {
  /** One number per name of `shapeNames`; mostly logarithms of counts. */
  readonly features: Float64Array;
  readonly offersOptions: boolean;
};

/** Measures a text's form: counts of words, numbers, marks, lines and terms. */
export function shapeOf(read: ReadText, tokens: readonly Token[], evidence: Evidence): Shape {
  const counts = new Float64Array(countedNames.length);
  const distinctWords = new Set<string>();
  const distinctNumbers = new Set<string>();
  let [words, letters, longWords, longestWord, numbers, longestNumber, decimals] = [
    0, 0, 0, 0, 0, 0, 0,
  ];
  for (const token of tokens) {
    const places = placesOf.get(token);
    if (places !== undefined) for (const place of places) counts[place] = (counts[place] ?? 0) + 1;
    if (isWord(token)) {
      words += 1;
      letters += token.length;
      distinctWords.add(token);
      if (token.length >= longWordLetters) longWords += 1;
      longestWord = Math.max(longestWord, token.length);
    } else if (isNumber(token)) {
      numbers += 1;
      distinctNumbers.add(token);
      longestNumber = Math.max(longestNumber, token.length);
      if (/[.,]/.test(token)) decimals += 1;
    }
  }
  const lines = readLines(read.plain);
  const sentences = Math.max(1, counts[0] ?? 0);
  const perWord = words === 0 ? 0 : 1 / words;
  const offersOptions = lines.options >= optionLinesMin;
  const features = Float64Array.of(
    log(read.plain.length),
    log(words),
    (letters * perWord) / 5,
    longWords * perWord,
    log(longestWord),
    distinctWords.size * perWord,
    log(words / sentences),
    log(numbers),
    log(distinctNumbers.size),
    log(longestNumber),
    log(decimals),
    log(read.capitals),
    log(lines.count - 1),
    log(lines.indented),
    offersOptions ? log(lines.chars) : 0,
    offersOptions ? log(lines.words / lines.options) : 0,
    ...counts.map(log),
    ...signalNames.map((name) => log(evidence[name])),
  );
  return { features, offersOptions };
}
