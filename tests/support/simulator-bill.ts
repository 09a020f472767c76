/**
 * What the simulated provider bills for a call, in disjoint classes; `reasoning` is inside
 * `output`.
 */
export type Bill = {
  freshInput: number;
  cachedInput: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  output: number;
  reasoning: number;
};

export const nothingBilled: Bill = {
  freshInput: 0,
  cachedInput: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};

/** The simulator's own tokenizer, on purpose unlike ours: four bytes of UTF-8 are a token. */
export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text, "utf8") / 4);
}

const messageTokens = 3;

/** Input tokens of a request: its texts and a little for each message. */
export function promptTokensOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + tokensOf(text) + messageTokens, 0);
}

/**
 * Each word with its blank is four bytes and one token of any real tokenizer: the rules differ, yet
 * an estimate that is off by much is the product's fault and not theirs.
 */
const words =
  "the sky was red and the sun set far off but its end was not the end for one who saw ";

/** ASCII text of exactly `tokens` tokens. */
export function textOfTokens(tokens: number): string {
  const bytes = tokens * 4;
  return words.repeat(Math.ceil(bytes / words.length)).slice(0, bytes);
}

/** `text` in chunks of about `tokens` tokens each, cut between code points. */
export function chunksOf(text: string, tokens: number): string[] {
  const chunks: string[] = [];
  let chunk = "";
  let bytes = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character, "utf8");
    if (bytes + size > tokens * 4 && chunk !== "") {
      chunks.push(chunk);
      chunk = "";
      bytes = 0;
    }
    chunk += character;
    bytes += size;
  }
  if (chunk !== "") chunks.push(chunk);
  return chunks;
}

/** The longest beginning of `text` that is at most `tokens` tokens. */
export function cutToTokens(text: string, tokens: number): string {
  if (tokensOf(text) <= tokens) return text;
  if (tokens <= 0) return "";
  return chunksOf(text, tokens)[0] ?? "";
}
