"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { MoneyText } from "@/components/money-text.tsx";
import { useDayText } from "@/features/plans/ui/use-day-text.ts";
import type { ConfirmationView } from "../schema.ts";
import styles from "./confirmation.module.css";
import { useOrderTitle } from "./use-order-title.ts";

type SheetProps = { readonly confirmation: ConfirmationView };

/** What was bought, by whom, and every transfer that paid it. Plain enough for any printer. */
export function ConfirmationSheet({ confirmation }: SheetProps) {
  const t = useTranslations("billing.confirmation");
  const common = useTranslations("common");
  const { order, payerName } = confirmation;
  const orderTitle = useOrderTitle();
  const { day, moment } = useDayText();
  const line = (name: string, value: ReactNode) => (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <article className={styles["sheet"]} data-testid="confirmation" data-order-code={order.code}>
      <header className={styles["head"]}>
        <p className={styles["brand"]}>{common("brand")}</p>
        <h2>{t("title")}</h2>
        <p className={styles["faint"]}>{t("number", { code: order.code })}</p>
      </header>
      {order.state === "refunded" ? <p className={styles["refunded"]}>{t("refunded")}</p> : null}
      <dl className={styles["facts"]}>
        {line(t("payer"), payerName)}
        {line(t("what"), orderTitle(order))}
        {order.startsAt === null ? null : line(t("starts"), day(order.startsAt))}
        {line(t("orderedAt"), moment(order.createdAt))}
        {order.paidAt === null ? null : line(t("paidAt"), moment(order.paidAt))}
      </dl>
      <Transfers confirmation={confirmation} />
      <p className={styles["faint"]}>{t("noInvoice")}</p>
    </article>
  );
}

function Transfers({ confirmation }: SheetProps) {
  const t = useTranslations("billing.confirmation");
  const { order, payments } = confirmation;
  const { moment } = useDayText();
  return (
    <table className={styles["transfers"]}>
      <caption>{t("transfers")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("time")}</th>
          <th scope="col">{t("reference")}</th>
          <th scope="col">{t("amount")}</th>
        </tr>
      </thead>
      <tbody>
        {payments.map((payment) => (
          <tr key={`${payment.referenceCode} ${payment.occurredAt} ${payment.amountMicroVnd}`}>
            <td>{moment(payment.occurredAt)}</td>
            <td className={styles["reference"]}>{payment.referenceCode}</td>
            <td>
              <MoneyText microVnd={payment.amountMicroVnd} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            {t("price")}
          </th>
          <td>
            <MoneyText microVnd={order.priceMicroVnd} testId="confirmation-price" />
          </td>
        </tr>
        <tr>
          <th scope="row" colSpan={2}>
            {t("received")}
          </th>
          <td>
            <MoneyText microVnd={order.paidMicroVnd} testId="confirmation-paid" />
          </td>
        </tr>
        {BigInt(order.surplusMicroVnd) > 0n ? (
          <tr>
            <th scope="row" colSpan={2}>
              {t("surplus")}
            </th>
            <td>
              <MoneyText microVnd={order.surplusMicroVnd} />
            </td>
          </tr>
        ) : null}
      </tfoot>
    </table>
  );
}
