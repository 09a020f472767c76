"use client";

import { useTranslations } from "next-intl";
import { MoneyText } from "@/components/money-text.tsx";
import { NumberText } from "@/components/number-text.tsx";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { ReconciliationView } from "../schema.ts";
import styles from "./reconciliation.module.css";

const sources = ["bankLines", "payments", "orders"] as const;
const PERCENT = 100n;

/** Of the widest bar, in whole percent; something is never nothing. */
function share(amountMicroVnd: string, widest: bigint): number {
  const amount = BigInt(amountMicroVnd);
  if (amount <= 0n || widest === 0n) return 0;
  return Math.max(1, Number((amount * PERCENT) / widest));
}

/**
 * The day's money three ways: a bar each on one scale, the applied part of our payments in another
 * colour; the figures beside them say the same as the table.
 */
export function ReconciliationBars({ view }: { readonly view: ReconciliationView }) {
  const t = useTranslations("finance.reconciliation");
  const widest = sources
    .map((source) => BigInt(view[source]?.amountMicroVnd ?? 0))
    .reduce((most, amount) => (amount > most ? amount : most), 0n);
  return (
    <ul className={styles["bars"]} aria-label={t("chart")}>
      {sources.map((source) => {
        const amountMicroVnd = view[source]?.amountMicroVnd ?? null;
        const applied = source === "payments" ? view.payments.appliedMicroVnd : amountMicroVnd;
        return (
          <li key={source} className={styles["bar"]} data-testid={`reconciliation-${source}`}>
            <span className={styles["barName"]}>{t(`sources.${source}`)}</span>
            {amountMicroVnd === null || applied === null ? (
              <span className={styles["notRead"]}>{t("notRead")}</span>
            ) : (
              <Bar name={t(`sources.${source}`)} money={{ amountMicroVnd, applied, widest }} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Bar(props: {
  readonly name: string;
  /** Micro-VND. */
  readonly money: {
    readonly amountMicroVnd: string;
    readonly applied: string;
    readonly widest: bigint;
  };
}) {
  const t = useTranslations("finance.reconciliation");
  const { amountMicroVnd, applied, widest } = props.money;
  return (
    <>
      <span
        className={styles["track"]}
        role="img"
        title={formatVnd(BigInt(amountMicroVnd))}
        aria-label={t("barLabel", {
          source: props.name,
          amount: formatVnd(BigInt(amountMicroVnd)),
          applied: formatVnd(BigInt(applied)),
        })}
      >
        <span
          className={styles["whole"]}
          style={{ inlineSize: `${share(amountMicroVnd, widest)}%` }}
        />
        <span className={styles["applied"]} style={{ inlineSize: `${share(applied, widest)}%` }} />
      </span>
      <b className={styles["barAmount"]}>
        <MoneyText microVnd={amountMicroVnd} />
      </b>
    </>
  );
}

type Row = {
  readonly name: (typeof sources)[number] | "applied";
  readonly count: number | null;
  /** null: not known. */
  readonly microVnd: string | null;
};

function rowsOf({ bankLines, payments, orders }: ReconciliationView): readonly Row[] {
  return [
    {
      name: "bankLines",
      count: bankLines?.count ?? null,
      microVnd: bankLines?.amountMicroVnd ?? null,
    },
    { name: "payments", count: payments.count, microVnd: payments.amountMicroVnd },
    { name: "applied", count: null, microVnd: payments.appliedMicroVnd },
    { name: "orders", count: orders.count, microVnd: orders.amountMicroVnd },
  ];
}

/** What the striped part of the bar is; nothing to say when all is applied. */
export function WaitingNote({ view: { payments } }: { readonly view: ReconciliationView }) {
  const t = useTranslations("finance.reconciliation");
  const waiting = BigInt(payments.amountMicroVnd) - BigInt(payments.appliedMicroVnd);
  if (waiting <= 0n) return null;
  return <p className={styles["faint"]}>{t("waiting", { amount: formatVnd(waiting) })}</p>;
}

/** The same figures as a table. */
export function ReconciliationTable({ view }: { readonly view: ReconciliationView }) {
  const t = useTranslations("finance.reconciliation");
  return (
    <table className={styles["table"]} data-testid="reconciliation-table">
      <caption className="visually-hidden">{t("caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("columns.source")}</th>
          <th scope="col">{t("columns.count")}</th>
          <th scope="col">{t("columns.amount")}</th>
        </tr>
      </thead>
      <tbody>
        {rowsOf(view).map(({ name, count, microVnd }) => (
          <tr key={name}>
            <th scope="row" className={name === "applied" ? styles["part"] : undefined}>
              {t(`sources.${name}`)}
            </th>
            <td>{count === null ? "–" : <NumberText value={count} />}</td>
            <td>
              {microVnd === null ? "–" : <MoneyText microVnd={microVnd} testId={`table-${name}`} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
