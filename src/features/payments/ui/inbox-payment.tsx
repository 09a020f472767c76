"use client";

import { Button, Tag } from "antd";
import { useFormatter, useTranslations } from "next-intl";
import { useState } from "react";
import { MoneyText } from "@/components/money-text.tsx";
import type { InboxPaymentView } from "../schema.ts";
import { choicesFor, type InboxChoice } from "./inbox-actions.ts";
import { InboxDecisionForm } from "./inbox-decision-form.tsx";
import { InboxFacts } from "./inbox-facts.tsx";
import { InboxHistory } from "./inbox-history.tsx";
import styles from "./inbox.module.css";

export type Decided = { readonly choice: InboxChoice; readonly payment: InboxPaymentView };

type InboxPaymentProps = {
  readonly payment: InboxPaymentView;
  readonly onDecided: (decided: Decided) => void;
};

/** One transfer: what came, why it waits, what was decided, and what may be decided now. */
export function InboxPayment({ payment, onDecided }: InboxPaymentProps) {
  const t = useTranslations("finance");
  const [chosen, setChosen] = useState<InboxChoice | null>(null);
  const choices = choicesFor(payment);
  return (
    <li
      className={styles["payment"]}
      data-testid="inbox-payment"
      data-payment-id={payment.paymentId}
      data-state={payment.state}
      data-reason={payment.reason ?? ""}
    >
      <Head payment={payment} />
      {payment.reason === null ? null : (
        <p className={styles["why"]}>{t(`reasonTexts.${payment.reason}`)}</p>
      )}
      <InboxFacts payment={payment} />
      <InboxHistory decisions={payment.decisions} />
      {chosen === null ? (
        <div className={styles["actions"]}>
          {choices.map((choice) => (
            <Button
              key={choice.action}
              data-testid={`inbox-${choice.action}`}
              onClick={() => setChosen(choice)}
            >
              {t(`actions.${choice.action}`)}
            </Button>
          ))}
        </div>
      ) : (
        <InboxDecisionForm
          payment={payment}
          choice={chosen}
          onCancel={() => setChosen(null)}
          onDone={() => {
            setChosen(null);
            onDecided({ choice: chosen, payment });
          }}
        />
      )}
    </li>
  );
}

function Head({ payment }: { readonly payment: InboxPaymentView }) {
  const t = useTranslations("finance");
  const format = useFormatter();
  const { amountMicroVnd, direction, state, reason } = payment;
  const instant = payment.occurredAt ?? payment.receivedAt;
  return (
    <div className={styles["head"]}>
      <b className={styles["amount"]}>
        {amountMicroVnd === null ? (
          t("inbox.unknownAmount")
        ) : (
          <MoneyText microVnd={amountMicroVnd} testId="inbox-amount" />
        )}
      </b>
      <span className={styles["tags"]}>
        {direction === "in" ? null : <Tag>{t(`directions.${direction}`)}</Tag>}
        {reason === null ? null : <Tag color="warning">{t(`reasons.${reason}`)}</Tag>}
        <Tag color={state === "applied" ? "success" : "default"}>{t(`states.${state}`)}</Tag>
      </span>
      <time className={styles["time"]} dateTime={instant}>
        {format.dateTime(new Date(instant), { dateStyle: "medium", timeStyle: "short" })}
      </time>
    </div>
  );
}
