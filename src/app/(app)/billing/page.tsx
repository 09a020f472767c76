import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PageFrame } from "@/components/page-frame.tsx";
import { BillingScreen } from "@/features/payments/ui/billing-screen.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("billing");
  return { title: t("title") };
}

/** Plan, paying by VietQR, top-ups and orders. */
export default async function BillingPage() {
  const t = await getTranslations("billing");
  return (
    <PageFrame title={t("title")}>
      <BillingScreen />
    </PageFrame>
  );
}
