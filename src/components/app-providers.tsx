"use client";

import { App, ConfigProvider, theme } from "antd";
import en from "antd/locale/en_US";
import vi from "antd/locale/vi_VN";
import { useLocale } from "next-intl";
import { useMemo, type ReactNode } from "react";
import { useDocumentSettings } from "./document-settings.tsx";
import { StyleRegistry } from "./style-registry.tsx";
import { themeOf } from "./theme.ts";

/** Ant Design with our look, language and nonce. Pages that do without it stay out of here. */
export function AppProviders({ children }: { readonly children: ReactNode }) {
  const { nonce, scheme } = useDocumentSettings();
  const locale = useLocale();
  const look = useMemo(
    () => themeOf(scheme, scheme === "dark" ? theme.darkAlgorithm : theme.defaultAlgorithm),
    [scheme],
  );
  const csp = useMemo(() => ({ nonce }), [nonce]);
  return (
    <StyleRegistry nonce={nonce}>
      <ConfigProvider
        theme={look}
        locale={locale === "en" ? en : vi}
        csp={csp}
        wave={{ disabled: true }}
      >
        <App component={false}>{children}</App>
      </ConfigProvider>
    </StyleRegistry>
  );
}
