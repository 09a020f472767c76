"use client";

import { Flex } from "antd";
import { useTranslations } from "next-intl";
import { LookSwitch } from "@/components/look-switch.tsx";
import { Sheet } from "@/components/page-frame.tsx";
import { ProfileLanguageSwitch } from "./profile-language-switch.tsx";
import styles from "./profile.module.css";

/** Language and look, as a tab of the settings. Both take effect at once. */
export function ProfileLook() {
  const t = useTranslations("settings.look");
  const common = useTranslations("common");
  return (
    <>
      <Sheet title={common("language")}>
        <Flex vertical gap={12} align="flex-start">
          <ProfileLanguageSwitch />
          <p className={styles["hint"]}>{t("languageText")}</p>
        </Flex>
      </Sheet>
      <Sheet title={common("look")}>
        <Flex vertical gap={12} align="flex-start">
          <LookSwitch />
          <p className={styles["hint"]}>{t("lookText")}</p>
        </Flex>
      </Sheet>
    </>
  );
}
