"use client";
import type { ComponentProps } from "@ant-design/x-markdown";
import { Button } from "antd";
import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { isValidElement, type ReactNode } from "react";
import { useCopy } from "@/components/use-copy.ts";
import styles from "./answer-text.module.css";
import { codeLanguage } from "./code-language.ts";

const CodeHighlighter = dynamic(() => import("@ant-design/x/es/code-highlighter/index.js"), {
  ssr: false,
});

/** Highlighting longer code takes longer than it helps. */
const HIGHLIGHTED_CHARACTERS_MAX = 20_000;
/** From this height on the copy button is repeated at the foot. */
const LONG_CODE_LINES = 20;
/** Colours come from our style sheet by token class, so that they follow the theme. */
const highlighterStyles = { code: { overflow: "visible", background: "none", border: "none" } };
const highlightProps = { useInlineStyles: false, wrapLines: false };

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  return isValidElement<{ children?: ReactNode }>(node) ? textOf(node.props.children) : "";
}

function CopyCode({ code }: { readonly code: string }) {
  const t = useTranslations("chat.code");
  const { isCopied, copy } = useCopy();
  return (
    <Button
      size="small"
      type="text"
      icon={isCopied ? <CheckOutlined /> : <CopyOutlined />}
      onClick={() => copy(code)}
    >
      {isCopied ? t("copied") : t("copy")}
    </Button>
  );
}

function HighlightedCode({
  code,
  lang,
}: {
  readonly code: string;
  readonly lang: string | undefined;
}) {
  const language = codeLanguage(lang);
  if (language === null || code.length > HIGHLIGHTED_CHARACTERS_MAX) {
    return (
      <pre>
        <code>{code}</code>
      </pre>
    );
  }
  return (
    <CodeHighlighter
      lang={language}
      header={false}
      highlightProps={highlightProps}
      styles={highlighterStyles}
    >
      {code}
    </CodeHighlighter>
  );
}

/**
 * Code of an answer: a word of it in the line, or a block with its language, colours and a copy
 * button.
 */
export function CodeBlock({ children, block, lang, streamStatus }: ComponentProps) {
  const t = useTranslations("chat.code");
  if (block !== true) return <code>{children}</code>;
  const code = textOf(children).replace(/\n$/, "");
  const isLong = code.split("\n").length > LONG_CODE_LINES;
  const label = codeLanguage(lang) ?? t("plain");
  return (
    <div className={styles["codeBlock"]} role="group" aria-label={t("label", { language: label })}>
      <div className={styles["codeHead"]}>
        <span>{label}</span>
        <CopyCode code={code} />
      </div>
      <div className={styles["codeBody"]} tabIndex={0}>
        <HighlightedCode code={code} lang={streamStatus === "done" ? lang : undefined} />
      </div>
      {isLong && (
        <div className={styles["codeFoot"]}>
          <CopyCode code={code} />
        </div>
      )}
    </div>
  );
}
