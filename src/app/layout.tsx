import "@fontsource/be-vietnam-pro/400.css";
import "@fontsource/be-vietnam-pro/500.css";
import "@fontsource/be-vietnam-pro/600.css";
import "@fontsource/be-vietnam-pro/700.css";
import type { Metadata, Viewport } from "next";
import { NextIntlClientProvider } from "next-intl";
import { getLocale, getTranslations } from "next-intl/server";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { DocumentSettingsProvider } from "@/components/document-settings.tsx";
import { guessSystemScheme, lookOf } from "@/components/preferences.ts";
import { paletteCss, palettes } from "@/components/theme.ts";
import { pickMessages } from "@/i18n/pick-messages.ts";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("common");
  return {
    title: { default: t("brand"), template: `%s · ${t("brand")}` },
    description: t("tagline"),
  };
}

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: palettes.light.paper },
    { media: "(prefers-color-scheme: dark)", color: palettes.dark.paper },
  ],
};

/** Language, look and nonce of every page. Ant Design comes with the layouts below, so that light pages stay light. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const [locale, jar, received] = await Promise.all([getLocale(), cookies(), headers()]);
  const nonce = received.get("x-nonce") ?? "";
  const look = lookOf(jar.get("look")?.value);
  const guess = guessSystemScheme(jar.get("system-scheme")?.value, received);
  return (
    <html lang={locale} data-look={look} suppressHydrationWarning>
      <head>
        <style
          nonce={nonce}
          suppressHydrationWarning
          dangerouslySetInnerHTML={{ __html: paletteCss() }}
        />
      </head>
      <body>
        <NextIntlClientProvider messages={pickMessages(locale, ["common"])}>
          <DocumentSettingsProvider nonce={nonce} look={look} systemSchemeGuess={guess}>
            {children}
          </DocumentSettingsProvider>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
