import { isNumber, isWord, type Token } from "@/domain/complexity/tokens.ts";

const mix = (hash: number, code: number) => Math.imul(hash ^ code, 0x01000193);

/** FNV-1a, 32 bit, continued from `hash`. Source: Fowler, Noll, Vo. */
function hashOn(hash: number, text: string): number {
  let value = hash;
  for (let at = 0; at < text.length; at += 1) value = mix(value, text.charCodeAt(at));
  return value;
}

const offsetBasis = 0x811c9dc5 | 0;

/** The beginning of each kind of feature, so that equal letters of two kinds do not meet. */
const seedOf = (kind: string) => hashOn(offsetBasis, kind);
const seeds = {
  word: seedOf("w:"),
  pair: seedOf("b:"),
  wordWithOptions: seedOf("mw:"),
  pairWithOptions: seedOf("mb:"),
  part: seedOf("c:"),
  opening: seedOf("o:"),
  closing: seedOf("e:"),
} as const;

/** Distinct places of a table of 2^bits weights, in the order they were first met. */
export class PlaceSet {
  readonly places: number[] = [];
  readonly #mask: number;
  readonly #isKnown: Uint8Array;

  constructor(bits: number) {
    this.#mask = (1 << bits) - 1;
    this.#isKnown = new Uint8Array(1 << bits);
  }

  /** Adds the place of a hash; several times faster than a Set of numbers. */
  add(hash: number): void {
    const place = hash & this.#mask;
    if (this.#isKnown[place] === 1) return;
    this.#isKnown[place] = 1;
    this.places.push(place);
  }
}

/** Numbers differ by their length only. */
function written(token: Token): string {
  return isNumber(token) ? `#${Math.min(token.length, 6)}` : token;
}

/**
 * Adds the hashed words and word pairs of a text. Questions with given answers use places of their
 * own: there the same words mean other work.
 */
export function addWords(into: PlaceSet, tokens: readonly Token[], offersOptions: boolean): void {
  const wordSeed = offersOptions ? seeds.wordWithOptions : seeds.word;
  const pairSeed = offersOptions ? seeds.pairWithOptions : seeds.pair;
  let before = hashOn(pairSeed, "^ ");
  for (const token of tokens) {
    if (token === "\n") continue;
    const text = written(token);
    into.add(hashOn(wordSeed, text));
    into.add(hashOn(before, text));
    before = hashOn(hashOn(pairSeed, text), " ");
  }
}

const openingTokens = 12;
const closingTokens = 8;
/** Pairs of words at most this many places apart. */
const skipMax = 4;
/** The first words are known by their place as well. */
const placedWords = 3;

/**
 * Adds how a text begins and ends: its first words with their neighbours near and far, its last
 * words. A request stands at one of the two, whatever stands between.
 */
export function addOpening(into: PlaceSet, tokens: readonly Token[]): void {
  const words = tokens.filter((token) => token !== "\n");
  addSkipPairs(into, words.slice(0, openingTokens).map(written), seeds.opening);
  addSkipPairs(into, words.slice(-closingTokens).map(written), seeds.closing);
}

function addSkipPairs(into: PlaceSet, words: readonly string[], seed: number): void {
  for (let first = 0; first < words.length; first += 1) {
    const one = words[first] ?? "";
    const hash = hashOn(seed, one);
    into.add(hash);
    if (first < placedWords) into.add(hashOn(hash, String(first)));
    const spaced = hashOn(hash, " ");
    for (
      let second = first + 1;
      second < Math.min(words.length, first + skipMax + 1);
      second += 1
    ) {
      const other = words[second] ?? "";
      into.add(hashOn(spaced, other));
    }
  }
}

const partMin = 3;
const partMax = 5;

/**
 * Adds the hashed parts (3 to 5 letters) of words, with their edges marked: what teen-code, typing
 * errors and inflections leave of a word.
 */
export function addParts(into: PlaceSet, tokens: readonly Token[]): void {
  for (const token of tokens) {
    if (!isWord(token) || token.length < partMin) continue;
    const marked = `<${token}>`;
    for (let from = 0; from + partMin <= marked.length; from += 1) {
      let hash: number = seeds.part;
      const longest = Math.min(marked.length, from + partMax);
      for (let at = from; at < longest; at += 1) {
        hash = mix(hash, marked.charCodeAt(at));
        if (at - from + 1 >= partMin) into.add(hash);
      }
    }
  }
}
