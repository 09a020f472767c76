"use client";

import { Alert, Form, Typography } from "antd";
import { useTranslations } from "next-intl";
import { AuthCard } from "./auth-card.tsx";
import { AuthFailureAlert } from "./auth-failure-alert.tsx";
import { EmailField, NameField, PasswordField, SubmitButton } from "./auth-fields.tsx";
import { postIdentity } from "./auth-requests.ts";
import { useAuthForm } from "./use-auth-form.ts";

type SignUpFormProps = { readonly next: string; readonly isOpen: boolean };
type SignUpValues = { readonly name: string; readonly email: string; readonly password: string };

/** A new account signs in at once; the verification link is on its way meanwhile. */
export function AuthSignUpForm({ next, isOpen }: SignUpFormProps) {
  const t = useTranslations("auth");
  const { isLive, isSending, failure, send } = useAuthForm(() => {
    window.location.assign(next);
  });
  return (
    <AuthCard title={t("titles.signUp")} lead={t("leads.signUp")}>
      <AuthFailureAlert failure={failure} />
      {isOpen ? null : (
        <Alert
          type="warning"
          showIcon
          title={t("notices.signUpClosed")}
          style={{ marginBottom: 16 }}
        />
      )}
      <Form<SignUpValues>
        name="sign-up"
        layout="vertical"
        requiredMark={false}
        disabled={!isLive || isSending || !isOpen}
        onFinish={(values) => void send(() => postIdentity("/sign-up/email", values))}
      >
        <NameField />
        <EmailField />
        <PasswordField label={t("fields.password")} isNew />
        <SubmitButton label={t("actions.signUp")} isSending={isSending} />
      </Form>
      <Typography.Paragraph style={{ margin: "24px 0 0" }}>
        <Typography.Link href={`/sign-in?next=${encodeURIComponent(next)}`}>
          {t("links.hasAccount")}
        </Typography.Link>
      </Typography.Paragraph>
    </AuthCard>
  );
}
