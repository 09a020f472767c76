"use client";

import { Segmented } from "antd";
import { useTranslations } from "next-intl";
import { useLanguage } from "./profile-use-language.ts";

export function ProfileLanguageSwitch() {
  const t = useTranslations("common");
  const { language, isChanging, setLanguage } = useLanguage();
  return (
    <Segmented<"vi" | "en">
      aria-label={t("language")}
      name="language"
      disabled={isChanging}
      value={language === "en" ? "en" : "vi"}
      onChange={setLanguage}
      options={[
        { value: "vi", label: <span lang="vi">{t("languages.vi")}</span> },
        { value: "en", label: <span lang="en">{t("languages.en")}</span> },
      ]}
    />
  );
}
