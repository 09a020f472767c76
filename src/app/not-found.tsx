import { getTranslations } from "next-intl/server";
import { PlainLink } from "@/components/plain-button.tsx";
import { PlainPage } from "@/components/plain-page.tsx";

export default async function NotFound() {
  const t = await getTranslations("common.notFound");
  return (
    <PlainPage title={t("title")} text={t("text")}>
      <PlainLink href="/chat" look="primary">
        {t("chat")}
      </PlainLink>
      <PlainLink href="/" look="secondary">
        {t("home")}
      </PlainLink>
    </PlainPage>
  );
}
