import type { XMarkdownProps } from "@ant-design/x-markdown";
import { escapeHtml } from "./markdown-rules.ts";

export type MarkdownConfig = NonNullable<XMarkdownProps["config"]>;
type Extension = NonNullable<MarkdownConfig["extensions"]>[number];

/** Longest formula rendered; 1,000 characters took at most 80 ms. */
const FORMULA_CHARACTERS_MAX = 1_000;
/** The HTML of all formulas of one rendering: 60 roots (10 kB each) took 85 ms to sanitise and build. */
const FORMULAS_HTML_MAX = 600_000;
/** No formula people write comes near; 1,000 accented letters make 800 kB. */
const FORMULA_HTML_MAX = 100_000;
/** What all new formulas of one rendering may take together; the rest shows as text. */
const FORMULA_BUDGET_MS = 60;
const CACHED_FORMULAS_MAX = 400;

const openers = ["$$", "\\[", "\\(", "$"] as const;
const closers = { $$: "$$", $: "$", "\\(": "\\)", "\\[": "\\]" } as const;

export type Formula = { readonly raw: string; readonly text: string; readonly isDisplay: boolean };

/**
 * The formula a text starts with, or `null`. A single `$` counts only as in print: no space inside
 * it, no digit behind it, on one line, so that "$5 and $10" stays prices.
 */
export function formulaAt(source: string): Formula | null {
  const opener = openers.find((candidate) => source.startsWith(candidate));
  if (opener === undefined) return null;
  const closer = closers[opener];
  const end = source
    .slice(0, FORMULA_CHARACTERS_MAX + opener.length)
    .indexOf(closer, opener.length);
  const text = end === -1 ? "" : source.slice(opener.length, end);
  if (text.trim() === "") return null;
  if (opener === "$" && (/^\s|\s$|\n/.test(text) || /^\d/.test(source.slice(end + 1)))) return null;
  const raw = source.slice(0, end + closer.length);
  return { raw, text: text.trim(), isDisplay: opener === "$$" || opener === "\\[" };
}

function isWholeBlock(source: string, formula: Formula): boolean {
  return formula.isDisplay && /^[ \t]*(?:\n|$)/.test(source.slice(formula.raw.length));
}

type FormulaToken = {
  readonly type: string;
  readonly raw: string;
  readonly text: string;
  readonly displayMode: boolean;
};

/** How a formula's token is found at one level of the text: in linear time, whatever the text. */
export function formulaToken(level: "inline" | "block", source: string): FormulaToken | undefined {
  const formula = formulaAt(source);
  if (formula === null || (level === "block" && !isWholeBlock(source, formula))) return undefined;
  return {
    type: `${level}Katex`,
    raw: formula.raw,
    text: formula.text,
    displayMode: formula.isDisplay,
  };
}

/**
 * Keeps formula rendering within bounds, so that hostile maths costs little and never breaks the
 * page: each formula drawn once (kept), all new ones of one rendering within a time budget, and the
 * formula's text instead where drawing fails, grows too large or the budget is gone. `restart`
 * opens the budget of the next rendering.
 */
export function createFormulaBounds(nowMs: () => number) {
  const drawn = new Map<string, string>();
  let spentMs = 0;
  let htmlLength = 0;
  const asText = (text: string): string => `$${escapeHtml(text)}$`;
  const keep = (key: string, html: string): string => {
    const oldest = drawn.keys().next();
    if (drawn.size >= CACHED_FORMULAS_MAX && oldest.done !== true) drawn.delete(oldest.value);
    drawn.set(key, html);
    return html;
  };
  const drawNew = (key: string, text: string, render: () => string): string => {
    if (spentMs > FORMULA_BUDGET_MS) return asText(text);
    const startedAtMs = nowMs();
    try {
      const html = render();
      return keep(key, html.length > FORMULA_HTML_MAX ? asText(text) : html);
    } catch {
      return keep(key, asText(text));
    } finally {
      spentMs += nowMs() - startedAtMs;
    }
  };

  return {
    restart(): void {
      spentMs = 0;
      htmlLength = 0;
    },
    draw(key: string, text: string, render: () => string): string {
      const html = drawn.get(key) ?? drawNew(key, text, render);
      if (htmlLength + html.length > FORMULAS_HTML_MAX) return asText(text);
      htmlLength += html.length;
      return html;
    },
  };
}

type FormulaBounds = ReturnType<typeof createFormulaBounds>;

/** The library's formula extension with our finding and our bounds around its drawing. */
export function boundFormulaExtension(extension: Extension, bounds: FormulaBounds): Extension {
  if (!("renderer" in extension)) return extension;
  const { name, renderer } = extension;
  const level = name.startsWith("block") ? "block" : "inline";
  return {
    name,
    level,
    // At block level a start would cut every paragraph at its first sign.
    ...(level === "inline" ? { start: (source: string) => /\$|\\[([]/.exec(source)?.index } : {}),
    tokenizer: (source) => formulaToken(level, source),
    renderer(token) {
      const text = String(token["text"]);
      const key = `${name}:${String(token["displayMode"])}:${text}`;
      return bounds.draw(key, text, () => renderer.call(this, token) || escapeHtml(text));
    },
  };
}
