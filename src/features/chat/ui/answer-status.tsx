"use client";
import { useTranslations } from "next-intl";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { ThreadEntry } from "./build-thread.ts";

/**
 * Tells screen readers how the last answer stands: once per change of state, never word by word.
 */
export function AnswerStatus({ entries }: { readonly entries: readonly ThreadEntry[] }) {
  const t = useTranslations("chat.status");
  const answer = entries.at(-1)?.answers.at(-1);
  let text = "";
  if (answer?.state === "complete") {
    text = answer.receipt
      ? t("complete", { cost: formatVnd(BigInt(answer.receipt.costMicroVnd)) })
      : t("completeWithoutCost");
  } else if (answer) {
    text = t(answer.state);
  }
  return (
    <div role="status" aria-live="polite" className="visually-hidden" data-testid="answer-status">
      {text}
    </div>
  );
}
