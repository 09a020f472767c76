import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { findCtx } from "@/api/authenticate.ts";
import { identityMode } from "@/api/identity-mode.ts";
import { getProfile } from "@/features/orgs/get-profile.ts";
import { nextPath } from "@/features/orgs/ui/auth-next-path.ts";
import { AuthScreen } from "@/features/orgs/ui/auth-screen.tsx";
import { isAuthStep } from "@/features/orgs/ui/auth-steps.ts";

export const dynamic = "force-dynamic";

type AuthPageProps = {
  readonly params: Promise<{ readonly step: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

const titleKeys = {
  "sign-in": "signIn",
  "sign-up": "signUp",
  verify: "verify",
  reset: "reset",
} as const;

export async function generateMetadata({ params }: AuthPageProps): Promise<Metadata> {
  const { step } = await params;
  const t = await getTranslations("auth.titles");
  // A reset link's token must not travel on in a Referer.
  return isAuthStep(step)
    ? { title: t(titleKeys[step]), referrer: "same-origin", robots: { index: false } }
    : {};
}

export default async function AuthPage({ params, searchParams }: AuthPageProps) {
  const [{ step }, query, requestHeaders] = await Promise.all([params, searchParams, headers()]);
  if (!isAuthStep(step)) notFound();
  const mode = identityMode();
  const next = nextPath(query["next"]);
  const ctx = await findCtx(requestHeaders);
  if (ctx !== null && step !== "reset" && (step !== "verify" || mode.kind === "clerk"))
    redirect(next);
  const email = ctx === null || step !== "verify" ? null : (await getProfile(ctx)).email;
  const hasFailed = query["error"] !== undefined;
  return (
    <AuthScreen
      step={step}
      next={next}
      clerkPublishableKey={mode.kind === "clerk" ? mode.publishableKey : null}
      isMailOpen={mode.kind === "built-in" && mode.isMailOpen}
      resetToken={typeof query["token"] === "string" ? query["token"] : null}
      verifyState={hasFailed ? "failed" : query["state"] === "done" ? "done" : "pending"}
      email={email}
    />
  );
}
