import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { findStaff } from "@/api/find-staff.ts";
import { PageFrame } from "@/components/page-frame.tsx";
import { TabLinks } from "@/components/tab-links.tsx";
import { InboxScreen } from "@/features/payments/ui/inbox-screen.tsx";
import { ReconciliationReport } from "@/features/payments/ui/reconciliation-report.tsx";
import { PlanTermsScreen } from "@/features/plans/ui/plan-terms-screen.tsx";

const views = ["inbox", "plans", "reconciliation"] as const;
const contents: Record<(typeof views)[number], ReactNode> = {
  inbox: <InboxScreen />,
  plans: <PlanTermsScreen />,
  reconciliation: <ReconciliationReport />,
};

type FinancePageProps = { readonly params: Promise<{ readonly view: string }> };

const isFinance = async () => (await findStaff(await headers(), ["finance"])) !== null;

export async function generateMetadata(): Promise<Metadata> {
  if (!(await isFinance())) return {};
  const t = await getTranslations("finance");
  return { title: t("title") };
}

/** For finance and admins; to everybody else it is no page. Each procedure asks again. */
export default async function FinancePage({ params }: FinancePageProps) {
  const wished = (await params).view;
  const current = views.find((view) => view === wished);
  if (current === undefined || !(await isFinance())) notFound();
  const t = await getTranslations("finance");
  const links = views.map((view) => ({
    id: view,
    href: `/finance/${view}`,
    text: t(`tabs.${view}`),
  }));
  return (
    <PageFrame title={t("title")}>
      <TabLinks label={t("tabsLabel")} current={current} tabs={links} />
      {contents[current]}
    </PageFrame>
  );
}
