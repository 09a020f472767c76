/**
 * Longer texts are shown as they are: nobody reads formatting there, and parsing time grows faster
 * than length.
 */
const CHARACTERS_MAX = 100_000;
/**
 * Bounds delimiters × length of a paragraph, the term by which inline parsing grows; measured at
 * about 40 per µs.
 */
const INLINE_WORK_MAX = 8_000_000;
/** Unclosed links cost the cube of their number: 1,000 in one paragraph took 1.7 s. */
const BRACKETS_PER_PARAGRAPH_MAX = 200;
/** Each level is a call deeper in the parser; 4,000 overflow its stack. */
const DEEP_NESTING = /^[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+){20}/m;

const safeSchemes = new Set(["http:", "https:", "mailto:"]);
const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

function parseUrl(href: string): URL | null {
  try {
    return new URL(href);
  } catch {
    return null;
  }
}

/**
 * The address a link may have: absolute, http(s) or mailto, without credentials that disguise the
 * host; else `null`.
 */
export function safeHref(href: string): string | null {
  const url = parseUrl(href);
  if (url === null || !safeSchemes.has(url.protocol)) return null;
  return url.username !== "" || url.password !== "" ? null : url.href;
}

/**
 * A link of the model's as HTML; `labelHtml` is already rendered. What is not safe to open stays as
 * its label.
 */
export function linkHtml(href: string, labelHtml: string): string {
  const safe = safeHref(href);
  if (safe === null) return labelHtml;
  const address = escapeHtml(safe);
  return `<a href="${address}" title="${address}" target="_blank" rel="noopener noreferrer nofollow">${labelHtml}</a>`;
}

/**
 * A picture is never loaded (it would tell its host what was asked): its description, with the
 * address as a link.
 */
export function imageHtml(href: string, description: string): string {
  const label = escapeHtml(description);
  const safe = safeHref(href);
  if (safe === null) return label;
  const link = linkHtml(safe, escapeHtml(safe));
  return label === "" ? link : `${label} (${link})`;
}

function isListItem(line: string): boolean {
  return /^\s{0,12}(?:[-*+]|\d{1,9}[.)])\s/.test(line);
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/**
 * The texts parsed as one run each: fenced code is left out, blank lines, headings and list items
 * part them.
 */
function inlineRuns(text: string): string[] {
  const runs: string[] = [];
  let lines: string[] = [];
  let fence: string | null = null;
  let isInList = false;
  const close = (): void => {
    if (lines.length > 0) runs.push(lines.join("\n"));
    lines = [];
  };
  for (const line of text.split("\n")) {
    const marker = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1] ?? null;
    if (fence !== null) {
      const isClosing = marker !== null && marker.startsWith(fence) && line.trim() === marker;
      if (isClosing) fence = null;
      continue;
    }
    const startsItem: boolean =
      isListItem(line) && (isInList || lines.length === 0 || /^\s*[-*+]/.test(line));
    if (marker !== null || line.trim() === "" || startsItem || /^ {0,3}#{1,6}\s/.test(line))
      close();
    if (marker === null) lines.push(line);
    else fence = marker;
    isInList = startsItem || (isInList && line.trim() !== "");
  }
  close();
  return runs;
}

/**
 * Whether formatting a text could hold up the page: too long, nested too deep, or so full of
 * delimiters that the parser's quadratic (links: cubic) searches would take longer than a reader
 * waits. Such a text is shown as it is.
 */
export function isTooHeavyToFormat(text: string): boolean {
  if (text.length > CHARACTERS_MAX || DEEP_NESTING.test(text)) return true;
  let work = 0;
  for (const run of inlineRuns(text)) {
    if (count(run, /\[/g) > BRACKETS_PER_PARAGRAPH_MAX) return true;
    work += count(run, /[*_~`<&\\!$]/g) * run.length;
  }
  return work > INLINE_WORK_MAX;
}
