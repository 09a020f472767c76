/** A text cut to what the scorer reads, in the forms it compares. */
export type ReadText = {
  /**
   * Lower case, composed, without control characters; at most `headLength + tailLength` characters
   * and a line end.
   */
  readonly text: string;
  readonly words: readonly string[];
  /** Typed without any diacritics, as many Vietnamese type: matched against stripped terms. */
  readonly isUnmarked: boolean;
  /** Words of the whole text; an estimate beyond what was read. */
  readonly wordCount: number;
};

const headLength = 8_000;
const tailLength = 2_000;

const wordPattern = /[\p{L}\p{N}_][\p{L}\p{N}_+#'-]*/gu;

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
  const text = excerpt
    .normalize("NFC")
    .replaceAll(/[^\P{Cc}\n\t]|[\u200b-\u200f\ufeff]/gu, " ")
    .toLowerCase();
  const words = text.match(wordPattern) ?? [];
  const share = isWhole ? 1 : raw.length / excerpt.length;
  return {
    text,
    words,
    isUnmarked: stripDiacritics(text) === text,
    wordCount: Math.round(words.length * share),
  };
}
