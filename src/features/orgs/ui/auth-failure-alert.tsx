"use client";

import { Alert } from "antd";
import { useTranslations } from "next-intl";
import type { AuthFailure } from "./auth-requests.ts";

/** What went wrong and what to do, in place; nothing while all is well. */
export function AuthFailureAlert({ failure }: { readonly failure: AuthFailure | null }) {
  const t = useTranslations("auth.errors");
  if (failure === null) return null;
  const title = t(failure.reason, {
    minutes: Math.max(1, Math.ceil(failure.retryAfterSeconds / 60)),
    min: PASSWORD_CHARACTERS_MIN,
    max: PASSWORD_CHARACTERS_MAX,
    requestId: failure.requestId,
  });
  return (
    <Alert
      type="error"
      showIcon
      title={title}
      style={{ marginBottom: 16 }}
      data-testid="auth-error"
    />
  );
}

/** As the identity door asks (`server/auth.ts`); a browser test holds them together. */
export const PASSWORD_CHARACTERS_MIN = 8;
export const PASSWORD_CHARACTERS_MAX = 128;
