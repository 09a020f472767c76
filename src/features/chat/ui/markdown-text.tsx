"use client";
import { Component, lazy, memo, Suspense, type ReactNode } from "react";
import styles from "./answer-text.module.css";
import { isTooHeavyToFormat } from "./markdown-rules.ts";
import type { SafeMarkdownProps } from "./safe-markdown.tsx";

const SafeMarkdown = lazy(async () => ({
  default: (await import("./safe-markdown.tsx")).SafeMarkdown,
}));

type BoundaryProps = { readonly fallback: ReactNode; readonly children: ReactNode };

/** What the formatter cannot take is shown as text; the rest of the page stays. */
class FormattingBoundary extends Component<BoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}

/**
 * An answer's text: formatted where that is cheap and safe, else as it is. Answers are never part
 * of the server's page, where the formatter renders nothing.
 */
export const MarkdownText = memo(function MarkdownText({ text, isStreaming }: SafeMarkdownProps) {
  const plain = <div className={styles["plainText"]}>{text}</div>;
  if (isTooHeavyToFormat(text)) return plain;
  return (
    <FormattingBoundary fallback={plain}>
      <div className={styles["text"]}>
        <Suspense fallback={plain}>
          <SafeMarkdown text={text} isStreaming={isStreaming} />
        </Suspense>
      </div>
    </FormattingBoundary>
  );
});
