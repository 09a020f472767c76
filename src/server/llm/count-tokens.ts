/** Counts the tokens of a text; never throws, whatever the text holds. */
export type TokenCounter = (text: string) => number;

/**
 * Byte-pair merging takes the square of the length of an unbroken run (letters or blanks), so a
 * longer run is counted in slices. Each cut adds at most one token: under 1 % on text without
 * blanks, nothing on ordinary text.
 */
const runCharactersMax = 128;

let counter: Promise<TokenCounter> | null = null;

/** The counter (o200k), its 2 MB of ranks loaded once per process and only when first asked for. */
export function tokenCounter(): Promise<TokenCounter> {
  counter ??= loadCounter();
  return counter;
}

/** Tokens of `text` by o200k: OpenAI's own count, and our estimate for every other provider. */
export async function countTokens(text: string): Promise<number> {
  const count = await tokenCounter();
  return count(text);
}

async function loadCounter(): Promise<TokenCounter> {
  const { countTokens: countPiece } = await import("gpt-tokenizer/encoding/o200k_base");
  // A user's `<|endoftext|>` is text like any other, not a control token.
  const asPlainText = { disallowedSpecial: new Set<string>() };
  return (text) => {
    let tokens = 0;
    for (const piece of piecesWithShortRuns(text)) tokens += countPiece(piece, asPlainText);
    return tokens;
  };
}

/**
 * The text in pieces none of which holds a run longer than `runCharactersMax`; one piece for
 * ordinary text.
 */
function piecesWithShortRuns(text: string): string[] {
  const pieces: string[] = [];
  let pieceStart = 0;
  let runStart = 0;
  let isRunBlank = false;
  for (let index = 0; index < text.length; index += 1) {
    const isBlank = text.charCodeAt(index) <= 32;
    if (isBlank !== isRunBlank) {
      isRunBlank = isBlank;
      runStart = index;
    } else if (index - runStart >= runCharactersMax) {
      pieces.push(text.slice(pieceStart, index));
      pieceStart = index;
      runStart = index;
    }
  }
  pieces.push(text.slice(pieceStart));
  return pieces;
}
