"use client";
import { useTranslations } from "next-intl";
import Link from "next/link";
import type { FailureStep } from "./failure-text.ts";

/** What may be done about a refusal on another page. */
export type LinkStep = Extract<FailureStep, "usage" | "settings" | "verify" | "sign_in">;

const hrefs = {
  usage: "/usage",
  settings: "/settings/cost",
  verify: "/verify",
  sign_in: "/sign-in",
} as const satisfies Record<LinkStep, string>;

/** The way to another page; `isBrief` where there is one line only. */
export function StepLink({
  step,
  isBrief,
}: {
  readonly step: LinkStep;
  readonly isBrief: boolean;
}) {
  const t = useTranslations("chat");
  const words = {
    usage: t(isBrief ? "preview.seeUsage" : "refusal.seeUsage"),
    settings: t(isBrief ? "preview.settings" : "refusal.settings"),
    verify: t(isBrief ? "preview.verify" : "refusal.verify"),
    sign_in: t("refusal.signIn"),
  };
  return (
    <Link href={hrefs[step]} prefetch={false}>
      {words[step]}
    </Link>
  );
}
