import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { headers } from "next/headers";
import { findCtx } from "@/api/authenticate.ts";
import { LandingPage } from "@/components/landing-page.tsx";

export const dynamic = "force-dynamic";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("landing");
  return { title: { absolute: t("title") }, description: t("description") };
}

/** Answers even when the database does not: then everybody is a stranger. */
export default async function Page() {
  const isSignedIn = await findCtx(await headers()).then(
    (ctx) => ctx !== null,
    () => false,
  );
  return <LandingPage isSignedIn={isSignedIn} />;
}
