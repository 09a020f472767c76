"use client";

import { Input, Segmented, Select } from "antd";
import { useTranslations } from "next-intl";
import { paymentReasons, type PaymentReason } from "@/domain/payments/payment-reasons.ts";
import styles from "./inbox.module.css";
import type { InboxFilter, InboxFilterChange } from "./use-inbox-filter.ts";

const shows = ["open", "decided", "all"] as const;
const SEARCH_CHARACTERS_MAX = 100;

type InboxFiltersProps = {
  readonly filter: InboxFilter;
  readonly onChange: (change: InboxFilterChange) => void;
};

export function InboxFilters({ filter, onChange }: InboxFiltersProps) {
  const t = useTranslations("finance");
  return (
    <div className={styles["filters"]} role="group" aria-label={t("inbox.filters")}>
      <Segmented<InboxFilter["show"]>
        aria-label={t("inbox.show")}
        value={filter.show}
        onChange={(show) => onChange({ show })}
        options={shows.map((show) => ({ value: show, label: t(`inbox.shows.${show}`) }))}
      />
      <Select<PaymentReason | null>
        aria-label={t("inbox.reason")}
        className={styles["reasonFilter"] ?? ""}
        allowClear
        placeholder={t("inbox.allReasons")}
        value={filter.reason}
        onChange={(reason: PaymentReason | null | undefined) =>
          onChange({ reason: reason ?? null })
        }
        options={paymentReasons.map((reason) => ({ value: reason, label: t(`reasons.${reason}`) }))}
      />
      <Input.Search
        key={filter.search}
        aria-label={t("inbox.search")}
        className={styles["search"] ?? ""}
        allowClear
        maxLength={SEARCH_CHARACTERS_MAX}
        placeholder={t("inbox.search")}
        defaultValue={filter.search}
        onSearch={(search) => onChange({ search: search.trim() })}
      />
    </div>
  );
}
