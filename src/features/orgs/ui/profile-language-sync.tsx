"use client";

import { useLocale } from "next-intl";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { api } from "@/api/client.ts";
import { rememberPreference } from "@/components/preferences.ts";
import type { ProfileView } from "../schema.ts";

type Language = ProfileView["locale"];

type ProfileLanguageSyncProps = {
  readonly profileLanguage: Language;
  /** What was chosen in this browser; null when nothing was. */
  readonly chosenLanguage: Language | null;
};

/**
 * Page, mails and refusals speak one language: a choice made in this browser goes to the profile, and
 * a browser without one takes the profile's.
 */
export function ProfileLanguageSync(props: ProfileLanguageSyncProps) {
  const { profileLanguage, chosenLanguage } = props;
  const shown = useLocale();
  const router = useRouter();
  const { mutate } = api.orgs.updateProfile.useMutation();
  useEffect(() => {
    if (chosenLanguage !== null && chosenLanguage !== profileLanguage) {
      mutate({ locale: chosenLanguage });
    }
    if (chosenLanguage === null && profileLanguage !== shown) {
      rememberPreference("locale", profileLanguage);
      router.refresh();
    }
  }, [chosenLanguage, mutate, profileLanguage, router, shown]);
  return null;
}
