"use client";

import { Skeleton } from "antd";
import { useTranslations } from "next-intl";
import { api } from "@/api/client.ts";
import { Sheet } from "@/components/page-frame.tsx";
import { RetryAlert } from "@/components/query-placeholder.tsx";
import { CostSettingsForm } from "./cost-settings-form.tsx";

/** The person's own cost settings, as a tab of the settings. */
export function CostSettings() {
  const t = useTranslations("settings");
  // Read once: a refresh in the background must not throw away what is being typed.
  const { data, isError, refetch } = api.costOptimization.getCostSettings.useQuery(undefined, {
    staleTime: Infinity,
    gcTime: 0,
  });
  if (data !== undefined) return <CostSettingsForm settings={data} />;
  if (!isError) {
    return (
      <Sheet title={t("cost.limits")}>
        <Skeleton active paragraph={{ rows: 8 }} />
      </Sheet>
    );
  }
  return <RetryAlert title={t("loadFailed")} onRetry={refetch} />;
}
