import { NextIntlClientProvider } from "next-intl";
import { getLocale } from "next-intl/server";
import type { ReactNode } from "react";
import { AppProviders } from "@/components/app-providers.tsx";
import { pickMessages } from "@/i18n/pick-messages.ts";

export default async function AuthLayout({ children }: { readonly children: ReactNode }) {
  const locale = await getLocale();
  return (
    <NextIntlClientProvider messages={pickMessages(locale, ["common", "auth"])}>
      <AppProviders>{children}</AppProviders>
    </NextIntlClientProvider>
  );
}
