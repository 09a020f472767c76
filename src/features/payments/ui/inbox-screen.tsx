"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { Alert } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "@/api/client.ts";
import { EmptyList, ListPages } from "@/components/list-frame.tsx";
import { MoneyText } from "@/components/money-text.tsx";
import { NumberText } from "@/components/number-text.tsx";
import { Figures, Sheet } from "@/components/page-frame.tsx";
import { QueryPlaceholder } from "@/components/query-placeholder.tsx";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { InboxView } from "../schema.ts";
import { InboxFilters } from "./inbox-filters.tsx";
import { InboxPayment, type Decided } from "./inbox-payment.tsx";
import styles from "./inbox.module.css";
import { useInboxFilter } from "./use-inbox-filter.ts";

/** All money that came and found no order by itself, and what finance made of it. */
export function InboxScreen() {
  const t = useTranslations("finance.inbox");
  const { filter, isNarrowed, change } = useInboxFilter();
  const [decided, setDecided] = useState<Decided | null>(null);
  const query = api.finance.listInbox.useQuery(filter, {
    placeholderData: keepPreviousData,
    // What others decided meanwhile must not be offered again.
    staleTime: 0,
  });
  const { data } = query;
  return (
    <Sheet title={t("title")}>
      <p className={styles["lead"]}>{t("lead")}</p>
      {data === undefined ? null : <OpenFigures view={data} />}
      <InboxFilters filter={filter} onChange={change} />
      <div aria-live="polite" className={styles["recorded"]}>
        {decided === null ? null : <Recorded decided={decided} />}
      </div>
      <QueryPlaceholder query={query} failed={t("failed")} rows={8} />
      {data === undefined ? null : data.total === 0 ? (
        <Empty isNarrowed={isNarrowed || filter.show !== "open"} />
      ) : (
        <ul className={styles["payments"]} aria-label={t("list")}>
          {data.payments.map((payment) => (
            <InboxPayment key={payment.paymentId} payment={payment} onDecided={setDecided} />
          ))}
        </ul>
      )}
      <ListPages
        page={filter.page}
        pageSize={filter.pageSize}
        total={data?.total ?? 0}
        onChange={(page) => change({ page })}
      />
    </Sheet>
  );
}

function OpenFigures({ view }: { readonly view: InboxView }) {
  const t = useTranslations("finance.inbox");
  return (
    <div className={styles["figures"]}>
      <Figures
        items={[
          {
            name: t("open"),
            value: <NumberText value={view.openCount} testId="inbox-open-count" />,
          },
          {
            name: t("openSum"),
            value: <MoneyText microVnd={view.openMicroVnd} testId="inbox-open-sum" />,
          },
        ]}
      />
    </div>
  );
}

function Recorded({ decided: { choice, payment } }: { readonly decided: Decided }) {
  const t = useTranslations("finance");
  const { amountMicroVnd } = payment;
  return (
    <Alert
      type="success"
      showIcon
      data-testid="inbox-recorded"
      title={t("inbox.recorded", {
        action: t(`done.${choice.action}`),
        amount: amountMicroVnd === null ? "?" : formatVnd(BigInt(amountMicroVnd)),
      })}
      description={choice.action === "undo" ? undefined : t("inbox.recordedText")}
    />
  );
}

function Empty({ isNarrowed }: { readonly isNarrowed: boolean }) {
  const t = useTranslations("finance.inbox");
  return (
    <EmptyList testId="inbox-empty">
      {isNarrowed ? (
        t("noneFound")
      ) : (
        <>
          <strong>{t("none")}</strong>
          <p>{t("noneText")}</p>
        </>
      )}
    </EmptyList>
  );
}
