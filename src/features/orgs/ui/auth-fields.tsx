"use client";

import { Button, Form, Input } from "antd";
import { useTranslations } from "next-intl";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "./auth-failure-alert.tsx";

export function EmailField({ autoFocus = false }: { readonly autoFocus?: boolean }) {
  const t = useTranslations("auth");
  return (
    <Form.Item
      name="email"
      label={t("fields.email")}
      rules={[{ required: true, type: "email", message: t("rules.email") }]}
      validateTrigger="onBlur"
    >
      <Input
        size="large"
        type="email"
        autoComplete="email"
        inputMode="email"
        maxLength={254}
        autoFocus={autoFocus}
      />
    </Form.Item>
  );
}

export function NameField() {
  const t = useTranslations("auth");
  return (
    <Form.Item
      name="name"
      label={t("fields.name")}
      rules={[{ required: true, whitespace: true, max: 80, message: t("rules.name") }]}
      validateTrigger="onBlur"
    >
      <Input size="large" autoComplete="name" maxLength={80} />
    </Form.Item>
  );
}

type PasswordFieldProps = { readonly label: string; readonly isNew: boolean };

/**
 * @param props.isNew a password being chosen: its length is asked for, and browsers offer to make
 * one.
 */
export function PasswordField({ label, isNew }: PasswordFieldProps) {
  const t = useTranslations("auth");
  const limits = { min: PASSWORD_CHARACTERS_MIN, max: PASSWORD_CHARACTERS_MAX };
  const rules = isNew
    ? [{ required: true, ...limits, message: t("rules.passwordLength", limits) }]
    : [{ required: true, message: t("rules.password") }];
  return (
    <Form.Item
      name="password"
      label={label}
      rules={rules}
      validateTrigger="onBlur"
      extra={isNew ? t("fields.passwordHint", { count: PASSWORD_CHARACTERS_MIN }) : undefined}
    >
      <Input.Password
        size="large"
        autoComplete={isNew ? "new-password" : "current-password"}
        maxLength={PASSWORD_CHARACTERS_MAX}
      />
    </Form.Item>
  );
}

export function SubmitButton({
  label,
  isSending,
}: {
  readonly label: string;
  readonly isSending: boolean;
}) {
  return (
    <Button type="primary" size="large" htmlType="submit" block loading={isSending}>
      {label}
    </Button>
  );
}
