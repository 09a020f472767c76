"use client";

import { Alert } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "@/api/client.ts";
import { Sheet } from "@/components/page-frame.tsx";
import { QueryPlaceholder } from "@/components/query-placeholder.tsx";
import type { PlanTermsView } from "../schema.ts";
import { usePlanTitle } from "./plan-terms-cells.tsx";
import { PlanTermsForm } from "./plan-terms-form.tsx";
import { PlanTermsRows } from "./plan-terms-rows.tsx";
import { hasMargin } from "./plan-terms-values.ts";
import styles from "./plan-terms.module.css";

/** Prices and budget ratios of all plans with what is left of them, for finance to read and set. */
export function PlanTermsScreen() {
  const t = useTranslations("finance.plans");
  const titleOf = usePlanTitle();
  const [editedId, setEditedId] = useState<string | null>(null);
  const [saved, setSaved] = useState<PlanTermsView | null>(null);
  const query = api.finance.listPlanTerms.useQuery();
  const { data } = query;
  const edit = (planId: string | null) => {
    setSaved(null);
    setEditedId(planId);
  };
  return (
    <Sheet title={t("title")}>
      <p className={styles["lead"]}>{t("lead")}</p>
      {data === undefined ? null : <MarginWarning plans={data} />}
      <div aria-live="polite" className={styles["notice"]}>
        {saved === null ? null : (
          <Alert
            type="success"
            showIcon
            title={t("saved", { plan: titleOf(saved) })}
            data-testid="plan-saved"
          />
        )}
      </div>
      <QueryPlaceholder query={query} failed={t("failed")} rows={7} />
      {data === undefined ? null : (
        <PlanTermsRows
          plans={data}
          editedId={editedId}
          onEdit={edit}
          form={(plan) => (
            <PlanTermsForm
              key={plan.planId}
              plan={plan}
              onCancel={() => edit(null)}
              onSaved={(now) => {
                edit(null);
                setSaved(now);
              }}
            />
          )}
        />
      )}
    </Sheet>
  );
}

/** Plans on sale that earn nothing once their whole budget is used. */
function MarginWarning({ plans }: { readonly plans: readonly PlanTermsView[] }) {
  const t = useTranslations("finance.plans");
  const count = plans.filter(
    (plan) => plan.enabled && plan.billing !== "none" && !hasMargin(plan),
  ).length;
  if (count === 0) return null;
  return (
    <div className={styles["notice"]}>
      <Alert
        type="warning"
        showIcon
        title={t("noMarginText", { count })}
        data-testid="margin-warning"
      />
    </div>
  );
}
