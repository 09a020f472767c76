/**
 * Text as the database and the providers take it: well-formed UTF-16, NUL replaced (Postgres text
 * cannot hold it). Nothing else of what a person or a model wrote is touched.
 */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\uFFFD");
}
