"use client";

import { DesktopOutlined, MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Segmented } from "antd";
import { useTranslations } from "next-intl";
import { useDocumentSettings } from "./document-settings.tsx";
import { looks, type Look } from "./preferences.ts";

const icons = {
  light: <SunOutlined />,
  dark: <MoonOutlined />,
  system: <DesktopOutlined />,
} as const;

/** Light, dark or as the system; kept by this browser. */
export function LookSwitch({ hasText = true }: { readonly hasText?: boolean }) {
  const t = useTranslations("common");
  const { look, setLook } = useDocumentSettings();
  return (
    <Segmented<Look>
      aria-label={t("look")}
      name="look"
      value={look}
      onChange={setLook}
      options={looks.map((value) => ({
        value,
        icon: icons[value],
        title: t(`looks.${value}`),
        label: hasText ? (
          t(`looks.${value}`)
        ) : (
          <span className="visually-hidden">{t(`looks.${value}`)}</span>
        ),
      }))}
    />
  );
}
