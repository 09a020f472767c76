"use client";

import { Alert } from "antd";
import { useTranslations } from "next-intl";

type SaveOutcomeProps = { readonly isSaved: boolean; readonly failure: string | null };

/** What became of a save, in its place: it stays until the next change. */
export function SaveOutcome({ isSaved, failure }: SaveOutcomeProps) {
  const t = useTranslations("settings");
  return (
    <div aria-live="polite" style={{ marginBlockEnd: failure !== null || isSaved ? 16 : 0 }}>
      {failure === null ? null : (
        <Alert
          type="error"
          showIcon
          title={t("saveFailed")}
          description={failure}
          data-testid="save-failed"
        />
      )}
      {isSaved && failure === null ? (
        <Alert type="success" showIcon title={t("saved")} data-testid="saved" />
      ) : null}
    </div>
  );
}
