"use client";

import { useLocale } from "next-intl";
import { useRouter } from "next/navigation";
import { useCallback, useTransition } from "react";
import { api } from "@/api/client.ts";
import { rememberPreference } from "@/components/preferences.ts";
import type { ProfileView } from "../schema.ts";

type Language = ProfileView["locale"];

/** The language of this browser and of the signed-in person; the page comes back in it without losing its state. */
export function useLanguage(): {
  readonly language: string;
  readonly isChanging: boolean;
  readonly setLanguage: (language: Language) => void;
} {
  const language = useLocale();
  const router = useRouter();
  const [isChanging, startChange] = useTransition();
  const { mutate } = api.orgs.updateProfile.useMutation();
  const setLanguage = useCallback(
    (next: Language) => {
      rememberPreference("locale", next);
      mutate({ locale: next });
      startChange(() => router.refresh());
    },
    [mutate, router],
  );
  return { language, isChanging, setLanguage };
}
