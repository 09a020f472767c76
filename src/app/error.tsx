"use client";

import { useTranslations } from "next-intl";
import { PlainButton, PlainLink } from "@/components/plain-button.tsx";
import { PlainPage } from "@/components/plain-page.tsx";

type ErrorPageProps = {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
};

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const t = useTranslations("common.crash");
  const code = error.digest === undefined ? "" : ` ${t("code", { digest: error.digest })}`;
  return (
    <PlainPage title={t("title")} text={`${t("text")}${code}`}>
      <PlainButton look="primary" onClick={reset}>
        {t("retry")}
      </PlainButton>
      <PlainLink look="secondary" href="/">
        {t("home")}
      </PlainLink>
    </PlainPage>
  );
}
