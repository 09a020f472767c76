import { useTranslations } from "next-intl";
import { useFailureText } from "@/i18n/use-error-text.ts";

type Failed = Parameters<ReturnType<typeof useFailureText>>[0];

/** Why an order could not be made; the general sentences of two codes speak of other things. */
export function useOrderFailureText(): (failed: Failed) => string {
  const t = useTranslations("billing.failures");
  const failureText = useFailureText();
  return (failed) => {
    switch (failed.data?.domain) {
      case "provider_not_configured":
        return t("notConfigured");
      case "state_conflict":
        return t("changed");
      default:
        return failureText(failed);
    }
  };
}
