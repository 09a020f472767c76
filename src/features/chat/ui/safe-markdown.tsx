"use client";
import { XMarkdown, type ComponentProps, type XMarkdownProps } from "@ant-design/x-markdown";
import Latex from "@ant-design/x-markdown/plugins/Latex";
import { useTranslations } from "next-intl";
import { memo } from "react";
import styles from "./answer-text.module.css";
import { CodeBlock } from "./code-block.tsx";
import {
  boundFormulaExtension,
  createFormulaBounds,
  type MarkdownConfig,
} from "./formula-rules.ts";
import { escapeHtml, imageHtml, linkHtml } from "./markdown-rules.ts";

/** `trust` off: no links, classes, data attributes or pictures out of formulas. */
const katexOptions = {
  trust: false,
  strict: "ignore",
  maxExpand: 100,
  maxSize: 20,
  output: "html",
} as const;
const formulaBounds = createFormulaBounds(() => performance.now());
const formulas = Latex({ katexOptions }).map((extension) =>
  boundFormulaExtension(extension, formulaBounds),
);

/** A page's own headings stand above those of an answer. */
const HEADING_DEPTH_OFFSET = 1;

/**
 * What the model writes is hostile: raw HTML is shown as text, links are vetted, pictures become
 * links.
 */
const config: MarkdownConfig = {
  extensions: formulas,
  hooks: {
    preprocess: (text) => {
      formulaBounds.restart();
      return text;
    },
  },
  renderer: {
    html: ({ text, block }) => (block ? `<p>${escapeHtml(text)}</p>\n` : escapeHtml(text)),
    link({ href, tokens }) {
      return linkHtml(href, this.parser.parseInline(tokens));
    },
    image: ({ href, text }) => imageHtml(href, text),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    heading({ depth, tokens }) {
      const level = Math.min(6, depth + HEADING_DEPTH_OFFSET);
      return `<h${String(level)}>${this.parser.parseInline(tokens)}</h${String(level)}>\n`;
    },
  },
};

const plainAttributes = [
  ...["start", "align", "class", "style", "aria-hidden", "target", "rel", "title"],
  ...["data-block", "data-state", "data-lang"],
  ...["width", "height", "viewBox", "preserveAspectRatio", "d"],
  ...["x1", "x2", "y1", "y2", "stroke-width"],
];

/** Second wall behind `config`: our rendering's own output, nothing that loads, runs or submits. */
const dompurifyConfig: NonNullable<XMarkdownProps["dompurifyConfig"]> = {
  ALLOWED_TAGS: [
    ...[
      "p",
      "br",
      "hr",
      "h2",
      "h3",
      "h4",
      "h5",
      "h6",
      "ul",
      "ol",
      "li",
      "blockquote",
      "pre",
      "code",
    ],
    ...["strong", "em", "del", "a", "table", "thead", "tbody", "tr", "th", "td"],
    ...["span", "svg", "path", "line"],
  ],
  ALLOWED_ATTR: ["href", ...plainAttributes],
  // Every other attribute's value would be held to the pattern of addresses too.
  ADD_URI_SAFE_ATTR: plainAttributes,
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

function ScrollingTable({ children }: ComponentProps) {
  const t = useTranslations("chat");
  return (
    <div className={styles["table"]} role="region" aria-label={t("table")} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

/** `CodeBlock` brings its own frame. */
function BarePre({ children }: ComponentProps) {
  return children;
}

const components: NonNullable<XMarkdownProps["components"]> = {
  code: CodeBlock,
  pre: BarePre,
  table: ScrollingTable,
};
const ownStyles: NonNullable<XMarkdownProps["disableDefaultStyles"]> = ["pre", "table", "th", "td"];
const stillStreaming = { hasNextChunk: true };
const wholeText = { hasNextChunk: false };

export type SafeMarkdownProps = { readonly text: string; readonly isStreaming: boolean };

/** Formats an answer. Renders nothing on the server: load it with `ssr: false`. */
export const SafeMarkdown = memo(function SafeMarkdown({ text, isStreaming }: SafeMarkdownProps) {
  return (
    <XMarkdown
      content={text}
      config={config}
      dompurifyConfig={dompurifyConfig}
      components={components}
      streaming={isStreaming ? stillStreaming : wholeText}
      disableDefaultStyles={ownStyles}
      escapeRawHtml
    />
  );
});
