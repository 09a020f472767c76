import { stripDiacritics } from "@/domain/complexity/read-text.ts";
import type { Signal } from "@/domain/complexity/terms.ts";
import { strongTerms, weakTerms } from "@/domain/complexity/terms.ts";

/**
 * Evidence per signal: every distinct term counts once (strong 2, weak 1), twice when it stands at
 * the beginning.
 */
export type Evidence = Readonly<Record<Signal, number>>;

type TermBook = ReadonlyMap<
  string,
  readonly { readonly signal: Signal; readonly weight: number }[]
>;

/** A request is mostly made in the first words; what follows is often material. */
const openingWords = 12;

const noEvidence: Evidence = {
  question: 0,
  writing: 0,
  translation: 0,
  code: 0,
  maths: 0,
  analysis: 0,
  chat: 0,
  depth: 0,
  continuation: 0,
  notImage: 0,
};

const weightedLists = [
  { lists: strongTerms, weight: 2 },
  { lists: weakTerms, weight: 1 },
] as const;

const split = (list: string) =>
  list
    .split("|")
    .map((term) => term.trim())
    .filter((term) => term !== "");

/**
 * Without diacritics a single Vietnamese syllable means too many things ("dich", "ham"), so it is
 * left out.
 */
function strippedForm(term: string): string | null {
  const stripped = stripDiacritics(term);
  return stripped !== term && !term.includes(" ") ? null : stripped;
}

function makeBook(form: (term: string) => string | null): TermBook {
  const book = new Map<string, { signal: Signal; weight: number }[]>();
  for (const { lists, weight } of weightedLists) {
    for (const { signal, terms } of lists) {
      for (const term of split(terms)) {
        const key = form(term);
        if (key !== null) book.set(key, [...(book.get(key) ?? []), { signal, weight }]);
      }
    }
  }
  return book;
}

const markedBook = makeBook((term) => term);
const strippedBook = makeBook(strippedForm);

/** How many words the longest term beginning with a word has. */
function longestByStart(book: TermBook): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const term of book.keys()) {
    const words = term.split(" ");
    const start = words[0] ?? "";
    longest.set(start, Math.max(words.length, longest.get(start) ?? 0));
  }
  return longest;
}

const markedStarts = longestByStart(markedBook);
const strippedStarts = longestByStart(strippedBook);

/**
 * Finds the terms of the lists among a text's words, in one pass.
 * @param isUnmarked the words carry no diacritics, so the terms are compared without theirs.
 */
export function findTerms(words: readonly string[], isUnmarked: boolean): Evidence {
  const book = isUnmarked ? strippedBook : markedBook;
  const starts = isUnmarked ? strippedStarts : markedStarts;
  const evidence = { ...noEvidence };
  const seen = new Set<string>();
  for (let start = 0; start < words.length; start += 1) {
    const first = words[start] ?? "";
    const longest = Math.min(starts.get(first) ?? 0, words.length - start);
    let term = first;
    for (let length = 1; length <= longest; length += 1) {
      if (length > 1) term = `${term} ${words[start + length - 1] ?? ""}`;
      const meanings = book.get(term);
      if (meanings === undefined || seen.has(term)) continue;
      seen.add(term);
      for (const { signal, weight } of meanings)
        evidence[signal] += start < openingWords ? weight * 2 : weight;
    }
  }
  return evidence;
}
