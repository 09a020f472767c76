/**
 * A transfer's text as banks may have changed it, brought to what they leave alone: capitals and
 * digits. Diacritics go (đ → D), so do spaces, dots and everything else between.
 */
export function memoLetters(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[đĐ]/g, "D")
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "");
}
