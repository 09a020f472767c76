"use client";

import { Alert, Button, Form, Typography } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { AuthCard } from "./auth-card.tsx";
import { AuthFailureAlert } from "./auth-failure-alert.tsx";
import { EmailField, PasswordField, SubmitButton } from "./auth-fields.tsx";
import { postIdentity } from "./auth-requests.ts";
import { useAuthForm } from "./use-auth-form.ts";

/** Asks for the link. The answer is the same whether the address is known or not. */
export function AuthAskResetForm({ isOpen }: { readonly isOpen: boolean }) {
  const t = useTranslations("auth");
  const [isSent, setIsSent] = useState(false);
  const { isLive, isSending, failure, send } = useAuthForm(() => {
    setIsSent(true);
  });
  return (
    <AuthCard title={t("titles.reset")} lead={t("leads.reset")}>
      <AuthFailureAlert failure={failure} />
      {isOpen ? null : (
        <Alert
          type="warning"
          showIcon
          title={t("notices.resetClosed")}
          style={{ marginBottom: 16 }}
        />
      )}
      {isSent ? (
        <Alert type="success" showIcon title={t("notices.resetSent")} data-testid="reset-sent" />
      ) : (
        <Form<{ readonly email: string }>
          name="ask-reset"
          layout="vertical"
          requiredMark={false}
          disabled={!isLive || isSending || !isOpen}
          onFinish={(values) => void send(() => postIdentity("/request-password-reset", values))}
        >
          <EmailField />
          <SubmitButton label={t("actions.sendReset")} isSending={isSending} />
        </Form>
      )}
      <Typography.Paragraph style={{ margin: "24px 0 0" }}>
        <Typography.Link href="/sign-in">{t("links.backToSignIn")}</Typography.Link>
      </Typography.Paragraph>
    </AuthCard>
  );
}

/** Sets the new password by the token of the link, once. */
export function AuthNewPasswordForm({ token }: { readonly token: string }) {
  const t = useTranslations("auth");
  const [isSaved, setIsSaved] = useState(false);
  const { isLive, isSending, failure, send } = useAuthForm(() => {
    setIsSaved(true);
  });
  if (isSaved) {
    return (
      <AuthCard title={t("titles.reset")}>
        <Alert
          type="success"
          showIcon
          title={t("notices.resetDone")}
          style={{ marginBottom: 16 }}
        />
        <Button type="primary" size="large" block href="/sign-in">
          {t("actions.toSignIn")}
        </Button>
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t("titles.reset")} lead={t("leads.newPassword")}>
      <AuthFailureAlert failure={failure} />
      <Form<{ readonly password: string }>
        name="new-password"
        layout="vertical"
        requiredMark={false}
        disabled={!isLive || isSending}
        onFinish={({ password }) =>
          void send(() => postIdentity("/reset-password", { token, newPassword: password }))
        }
      >
        <PasswordField label={t("fields.newPassword")} isNew />
        <SubmitButton label={t("actions.saveNewPassword")} isSending={isSending} />
      </Form>
      <Typography.Paragraph style={{ margin: "24px 0 0" }}>
        <Typography.Link href="/reset">{t("links.forgot")}</Typography.Link>
      </Typography.Paragraph>
    </AuthCard>
  );
}
