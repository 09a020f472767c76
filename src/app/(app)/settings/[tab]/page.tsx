import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { PageFrame } from "@/components/page-frame.tsx";
import { TabLinks } from "@/components/tab-links.tsx";
import { CostSettings } from "@/features/budgets/ui/cost-settings.tsx";
import { ProfileForm } from "@/features/orgs/ui/profile-form.tsx";
import { ProfileLook } from "@/features/orgs/ui/profile-look.tsx";

const tabs = ["cost", "look", "profile"] as const;
const contents: Record<(typeof tabs)[number], ReactNode> = {
  cost: <CostSettings />,
  look: <ProfileLook />,
  profile: <ProfileForm />,
};

type SettingsPageProps = { readonly params: Promise<{ readonly tab: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("settings");
  return { title: t("title") };
}

export default async function SettingsPage({ params }: SettingsPageProps) {
  const wished = (await params).tab;
  const current = tabs.find((tab) => tab === wished);
  if (current === undefined) notFound();
  const t = await getTranslations("settings");
  const links = tabs.map((tab) => ({ id: tab, href: `/settings/${tab}`, text: t(`tabs.${tab}`) }));
  return (
    <PageFrame title={t("title")}>
      <TabLinks label={t("tabsLabel")} current={current} tabs={links} />
      {contents[current]}
    </PageFrame>
  );
}
