import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { PageFrame } from "@/components/page-frame.tsx";
import { orderInput } from "@/features/payments/schema.ts";
import { OrderConfirmation } from "@/features/payments/ui/order-confirmation.tsx";

type OrderPageProps = { readonly params: Promise<{ readonly id: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("billing.confirmation");
  return { title: t("title") };
}

/** The printable confirmation of a payment. */
export default async function OrderPage({ params }: OrderPageProps) {
  const wished = orderInput.safeParse({ orderId: (await params).id });
  if (!wished.success) notFound();
  const t = await getTranslations("billing.confirmation");
  return (
    <PageFrame title={t("page")}>
      <OrderConfirmation orderId={wished.data.orderId} />
    </PageFrame>
  );
}
