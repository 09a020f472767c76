"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { InboxPaymentView } from "../schema.ts";
import styles from "./inbox.module.css";

/** Who decided what about a transfer, when and why; newest first, nothing left out. */
export function InboxHistory({ decisions }: { readonly decisions: InboxPaymentView["decisions"] }) {
  const t = useTranslations("finance");
  const format = useFormatter();
  if (decisions.length === 0) return null;
  return (
    <ol className={styles["history"]} aria-label={t("inbox.history")}>
      {decisions.map((decision) => (
        <li
          key={decision.decisionId}
          data-testid="inbox-decision"
          data-action={decision.action}
          data-undone={decision.isUndone}
        >
          <b className={decision.isUndone ? styles["undone"] : undefined}>
            {t(`done.${decision.action}`)}
          </b>
          {decision.isUndone ? <span> ({t("inbox.undone")})</span> : null}{" "}
          <span className={styles["faint"]}>
            {t("inbox.decisionBy", {
              actor: decision.actor,
              time: format.dateTime(new Date(decision.createdAt), {
                dateStyle: "short",
                timeStyle: "short",
              }),
            })}
          </span>
          <div>{t("inbox.decisionReason", { reason: decision.reason })}</div>
        </li>
      ))}
    </ol>
  );
}
