/** Words, numbers and single marks of a text, in order; letters are lower case without diacritics. */
export type Token = string;

const tokenPattern = /[a-z]+|\d+(?:[.,]\d+)*|\n|[^\sa-z\d]/g;

/**
 * Splits plain text (`readText(...).plain`) into tokens. One pass, no nested repetition: the time
 * grows with the length alone.
 */
export function tokensOf(plain: string): readonly Token[] {
  return plain.match(tokenPattern) ?? [];
}

export function isWord(token: Token): boolean {
  const first = token.charCodeAt(0);
  return first >= 97 && first <= 122;
}

export function isNumber(token: Token): boolean {
  const first = token.charCodeAt(0);
  return first >= 48 && first <= 57;
}
