"use client";

import { Flex, Spin } from "antd";
import { useTranslations } from "next-intl";
import dynamic from "next/dynamic";
import type { ClerkPanelProps } from "./auth-clerk-panel.tsx";

/** Fetched only where it is shown: with the built-in identity no browser loads Clerk's code. */
const Panel = dynamic<ClerkPanelProps>(() => import("./auth-clerk-panel.tsx"), { ssr: false });

export function AuthClerk({
  publishableKey,
  next,
  step,
}: ClerkPanelProps & { readonly step: "sign-in" | "sign-up" }) {
  const t = useTranslations("auth.notices");
  return (
    <Flex
      component="main"
      vertical
      align="center"
      justify="center"
      style={{ minHeight: "100dvh", padding: 16 }}
    >
      <noscript>{t("clerkLoading")}</noscript>
      <Panel publishableKey={publishableKey} next={next} step={step} />
      <Spin aria-label={t("clerkLoading")} style={{ position: "absolute", zIndex: -1 }} />
    </Flex>
  );
}

/**
 * Mounted once in the app's shell in Clerk mode: keeps the session alive and lets `signOut` end it
 * there.
 */
export function ClerkKeeper({ publishableKey }: { readonly publishableKey: string }) {
  return <Panel publishableKey={publishableKey} next="/chat" step={null} />;
}
