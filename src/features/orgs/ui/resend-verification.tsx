"use client";

import { Alert, Button, Form } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { AuthFailureAlert } from "./auth-failure-alert.tsx";
import { EmailField } from "./auth-fields.tsx";
import { postIdentity } from "./auth-requests.ts";
import { useAuthForm } from "./use-auth-form.ts";

/**
 * Sends the verification link again: to the address given, or to one asked for. Says so in place.
 */
export function ResendVerification({ email }: { readonly email?: string | null }) {
  const t = useTranslations("auth");
  const [isSent, setIsSent] = useState(false);
  const { isLive, isSending, failure, send } = useAuthForm(() => {
    setIsSent(true);
  });
  if (isSent)
    return (
      <Alert
        type="success"
        showIcon
        title={t("notices.resent")}
        data-testid="verification-resent"
      />
    );
  return (
    <>
      <AuthFailureAlert failure={failure} />
      <Form<{ readonly email?: string }>
        name="resend-verification"
        layout="vertical"
        requiredMark={false}
        disabled={!isLive || isSending}
        onFinish={(values) =>
          void send(() =>
            postIdentity("/send-verification-email", { email: email ?? values.email ?? "" }),
          )
        }
      >
        {email ? null : <EmailField />}
        <Button htmlType="submit" loading={isSending}>
          {t("actions.resend")}
        </Button>
      </Form>
    </>
  );
}
