import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PageFrame } from "@/components/page-frame.tsx";
import { BudgetOverview } from "@/features/budgets/ui/budget-overview.tsx";
import { WhatIfPanel } from "@/features/chat/ui/what-if-panel.tsx";
import { UsageHistory } from "@/features/usage/ui/usage-history.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("usage");
  return { title: t("title") };
}

/** Own costs: what is left, what the month came to, what another would cost, every call behind it. */
export default async function UsagePage() {
  const t = await getTranslations("usage");
  return (
    <PageFrame title={t("title")}>
      <BudgetOverview />
      <WhatIfPanel />
      <UsageHistory />
    </PageFrame>
  );
}
