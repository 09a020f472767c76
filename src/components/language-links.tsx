"use client";

import { useLocale, useTranslations } from "next-intl";
import { useRouter } from "next/navigation";
import { rememberPreference } from "./preferences.ts";
import styles from "./language-links.module.css";

const languages = ["vi", "en"] as const;

/** The language switch of pages without Ant Design. */
export function LanguageLinks() {
  const t = useTranslations("common");
  const current = useLocale();
  const router = useRouter();
  return (
    <div className={styles["languages"]} role="group" aria-label={t("language")}>
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          className={styles["language"]}
          aria-pressed={language === current}
          onClick={() => {
            rememberPreference("locale", language);
            router.refresh();
          }}
        >
          {t(`languages.${language}`)}
        </button>
      ))}
    </div>
  );
}
