"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { MoneyText } from "@/components/money-text.tsx";
import type { InboxPaymentView } from "../schema.ts";
import styles from "./inbox.module.css";

type Fact = { readonly name: string; readonly value: ReactNode; readonly isWide?: boolean };

const knownProofs = [
  "hmac",
  "api_key",
  "shared_secret",
  "signature",
  "transaction_list",
  "none",
] as const;

/** What is known of a transfer, as it came, and what it was linked to. */
export function InboxFacts({ payment }: { readonly payment: InboxPaymentView }) {
  const t = useTranslations("finance");
  const format = useFormatter();
  const proof = knownProofs.find((known) => known === (payment.verifiedBy ?? "none"));
  const facts: readonly (Fact | null)[] = [
    {
      name: t("inbox.content"),
      value: <q className={styles["memo"]}>{payment.content || t("inbox.noContent")}</q>,
      isWide: true,
    },
    payment.referenceCode === ""
      ? null
      : { name: t("inbox.reference"), value: <code>{payment.referenceCode}</code> },
    {
      name: t("inbox.account"),
      value: [payment.accountNumber, payment.subAccount].filter((part) => part !== "").join(" / "),
    },
    {
      name: t("inbox.proof"),
      value: `${proof === undefined ? (payment.verifiedBy ?? "") : t(`inbox.proofs.${proof}`)}${
        payment.isOnBankList ? `, ${t("inbox.onBankList").toLocaleLowerCase("vi")}` : ""
      }`,
    },
    {
      name: t("inbox.receivedAt"),
      value: format.dateTime(new Date(payment.receivedAt), {
        dateStyle: "short",
        timeStyle: "medium",
      }),
    },
    payment.order === null
      ? null
      : { name: t("inbox.order"), value: <OrderText order={payment.order} />, isWide: true },
    payment.customer === null
      ? null
      : {
          name: t("inbox.customer"),
          value: `${payment.customer.name || t("inbox.noName")} · ${payment.customer.email}`,
          isWide: true,
        },
  ];
  return (
    <dl className={styles["facts"]}>
      {facts.map((fact) =>
        fact === null ? null : (
          <div key={fact.name} data-wide={fact.isWide === true}>
            <dt>{fact.name}</dt>
            <dd>{fact.value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function OrderText({ order }: { readonly order: NonNullable<InboxPaymentView["order"]> }) {
  const t = useTranslations("finance");
  return (
    <span data-testid="inbox-order" data-code={order.code} data-state={order.state}>
      <code>{order.code}</code> · {t(`orderStates.${order.state}`)} ·{" "}
      {t.rich("inbox.orderPaid", {
        paid: () => <MoneyText microVnd={order.paidMicroVnd} testId="inbox-order-paid" />,
        price: () => <MoneyText microVnd={order.priceMicroVnd} testId="inbox-order-price" />,
      })}
    </span>
  );
}
