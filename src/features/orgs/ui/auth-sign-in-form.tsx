"use client";

import { Flex, Form, Typography } from "antd";
import { useTranslations } from "next-intl";
import { AuthCard } from "./auth-card.tsx";
import { AuthFailureAlert } from "./auth-failure-alert.tsx";
import { EmailField, PasswordField, SubmitButton } from "./auth-fields.tsx";
import { postIdentity } from "./auth-requests.ts";
import { useAuthForm } from "./use-auth-form.ts";

type SignInValues = { readonly email: string; readonly password: string };

export function AuthSignInForm({ next }: { readonly next: string }) {
  const t = useTranslations("auth");
  const { isLive, isSending, failure, send } = useAuthForm(() => {
    window.location.assign(next);
  });
  return (
    <AuthCard title={t("titles.signIn")} lead={t("leads.signIn")}>
      <AuthFailureAlert failure={failure} />
      <Form<SignInValues>
        name="sign-in"
        layout="vertical"
        requiredMark={false}
        disabled={!isLive || isSending}
        onFinish={(values) => void send(() => postIdentity("/sign-in/email", values))}
      >
        <EmailField />
        <PasswordField label={t("fields.password")} isNew={false} />
        <SubmitButton label={t("actions.signIn")} isSending={isSending} />
      </Form>
      <Flex vertical gap={8} style={{ marginTop: 24 }}>
        <Typography.Link href="/reset">{t("links.forgot")}</Typography.Link>
        <Typography.Link href={`/sign-up?next=${encodeURIComponent(next)}`}>
          {t("links.noAccount")}
        </Typography.Link>
      </Flex>
    </AuthCard>
  );
}
