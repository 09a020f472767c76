"use client";

import { Alert, Button } from "antd";
import { useTranslations } from "next-intl";
import { AuthCard } from "./auth-card.tsx";
import { ResendVerification } from "./resend-verification.tsx";

export type VerifyState = "done" | "failed" | "pending";

type VerifyPanelProps = { readonly state: VerifyState; readonly email: string | null };

/** What became of the link, or that one is on its way; from here to the chat or to a new link. */
export function AuthVerifyPanel({ state, email }: VerifyPanelProps) {
  const t = useTranslations("auth");
  if (state === "done") {
    return (
      <AuthCard title={t("titles.verify")}>
        <Alert
          type="success"
          showIcon
          title={t("notices.verifyDone")}
          style={{ marginBottom: 16 }}
          data-testid="verify-done"
        />
        <Button type="primary" size="large" block href="/chat">
          {t("actions.toChat")}
        </Button>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t("titles.verify")}>
      <Alert
        type={state === "failed" ? "error" : "info"}
        showIcon
        title={state === "failed" ? t("notices.verifyFailed") : t("notices.verifyPending")}
        style={{ marginBottom: 16 }}
      />
      <ResendVerification email={email} />
    </AuthCard>
  );
}
