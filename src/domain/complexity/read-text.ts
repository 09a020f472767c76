/** A text cut to what the scorer reads, in the forms it compares. */
export type ReadText = {
  /**
   * Lower case, composed, without control characters; at most `headLength + tailLength` characters
   * and a line end.
   */
  readonly text: string;
  /** `text` without diacritics: what the trained scorer reads, so that both spellings score alike. */
  readonly plain: string;
  /** Capital letters at the beginning of words. */
  readonly capitals: number;
  /** The words of `plain`. */
  readonly plainWords: readonly string[];
  /** Typed without any diacritics, as many Vietnamese type: matched against stripped terms. */
  readonly isUnmarked: boolean;
  /** Words of the whole text; an estimate beyond what was read. */
  readonly wordCount: number;
};

const headLength = 8_000;
const tailLength = 2_000;

const wordPattern = /[\p{L}\p{N}_][\p{L}\p{N}_+#'-]*/gu;
/** The same for texts without any letter beyond ASCII, where it is several times faster. */
const asciiWordPattern = /[a-z0-9_][a-z0-9_+#'-]*/g;
const beyondAscii = /[^\0-\x7f]/;
const capitalPattern = /(?:^|[^\p{L}\p{N}_])\p{Lu}/gu;
const controlPattern = /[^\P{Cc}\n\t]|[\u200b-\u200f\ufeff]/gu;

/** The words of a lower-case text. */
export function wordsOf(text: string): readonly string[] {
  return text.match(beyondAscii.test(text) ? wordPattern : asciiWordPattern) ?? [];
}

/** Strips Vietnamese (and any Latin) diacritics: "Điện ảnh" → "Dien anh". */
export function stripDiacritics(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .replaceAll("đ", "d")
    .replaceAll("Đ", "D");
}

/**
 * Reads the beginning and the end of a text: a request stands at one of them, what lies between is
 * material. So the cost is bounded however long the text is.
 */
export function readText(raw: string): ReadText {
  const isWhole = raw.length <= headLength + tailLength;
  const excerpt = isWhole ? raw : `${raw.slice(0, headLength)}\n${raw.slice(-tailLength)}`;
  const written = excerpt.normalize("NFC").replaceAll(controlPattern, " ");
  const text = written.toLowerCase();
  const plain = beyondAscii.test(text) ? stripDiacritics(text) : text;
  const plainWords = wordsOf(plain);
  const share = isWhole ? 1 : raw.length / excerpt.length;
  return {
    text,
    plain,
    capitals: capitalsOf(written),
    plainWords,
    isUnmarked: plain === text,
    wordCount: Math.round(plainWords.length * share),
  };
}

/** Words that begin with a capital letter. */
function capitalsOf(written: string): number {
  return written.match(capitalPattern)?.length ?? 0;
}
