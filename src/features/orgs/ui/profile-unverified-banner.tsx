"use client";

import { ExclamationCircleOutlined } from "@ant-design/icons";
import { useTranslations } from "next-intl";
import styles from "./profile.module.css";
import { ResendVerification } from "./resend-verification.tsx";

/** Says on every page why messages cannot be sent yet, and sends the link again. */
export function ProfileUnverifiedBanner({ email }: { readonly email: string | null }) {
  const t = useTranslations("shell");
  return (
    <section
      className={styles["banner"]}
      aria-label={t("unverifiedLabel")}
      data-testid="unverified-banner"
    >
      <span className={styles["bannerText"]}>
        <ExclamationCircleOutlined aria-hidden /> {t("unverified")}
      </span>
      <ResendVerification email={email} />
    </section>
  );
}
