import { NextIntlClientProvider } from "next-intl";
import { getLocale } from "next-intl/server";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { findCtx } from "@/api/authenticate.ts";
import { ClientProvider } from "@/api/client-provider.tsx";
import { identityMode } from "@/api/identity-mode.ts";
import { AppFrame } from "@/components/app-frame.tsx";
import { AppProviders } from "@/components/app-providers.tsx";
import { LiveBudgetBar } from "@/features/budgets/ui/live-budget-bar.tsx";
import { getProfile } from "@/features/orgs/get-profile.ts";
import { ClerkKeeper } from "@/features/orgs/ui/auth-clerk.tsx";
import { ProfileLanguageSync } from "@/features/orgs/ui/profile-language-sync.tsx";
import { ProfileMenu } from "@/features/orgs/ui/profile-menu.tsx";
import { ProfileUnverifiedBanner } from "@/features/orgs/ui/profile-unverified-banner.tsx";
import { isLocale } from "@/i18n/locales.ts";
import { pickMessages } from "@/i18n/pick-messages.ts";
import { shellNamespaces } from "@/i18n/shell-namespaces.ts";

export const dynamic = "force-dynamic";

/** The shell behind the gate. Every door checks the session again for itself. */
export default async function AppLayout({ children }: { readonly children: ReactNode }) {
  const [received, locale] = await Promise.all([headers(), getLocale()]);
  const ctx = await findCtx(received);
  if (ctx === null)
    redirect(`/sign-in?next=${encodeURIComponent(received.get("x-pathname") ?? "/chat")}`);
  const profile = await getProfile(ctx);
  const mode = identityMode();
  const chosen = (await cookies()).get("locale")?.value;
  return (
    <NextIntlClientProvider messages={pickMessages(locale, shellNamespaces)}>
      <AppProviders>
        <ClientProvider>
          {mode.kind === "clerk" ? <ClerkKeeper publishableKey={mode.publishableKey} /> : null}
          <ProfileLanguageSync
            profileLanguage={profile.locale}
            chosenLanguage={isLocale(chosen) ? chosen : null}
          />
          <AppFrame
            budget={<LiveBudgetBar compact />}
            account={<ProfileMenu profile={profile} />}
            isFinance={ctx.role === "finance" || ctx.role === "admin"}
            banner={
              profile.isEmailVerified ? null : <ProfileUnverifiedBanner email={profile.email} />
            }
          >
            {children}
          </AppFrame>
        </ClientProvider>
      </AppProviders>
    </NextIntlClientProvider>
  );
}
