"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "@/api/client.ts";
import { useFailureText } from "@/i18n/use-error-text.ts";
import type { InboxChoice } from "./inbox-actions.ts";

export type DecisionValues = {
  readonly orderCode?: string;
  readonly email?: string;
  readonly reason: string;
};

type Decide = {
  readonly paymentId: string;
  readonly choice: InboxChoice;
  readonly onDone: () => void;
};

/**
 * Sends one decision. Its key is made once per opened form: a second press, or one after a lost
 * answer, is the same decision.
 */
export function useInboxDecision({ paymentId, choice, onDone }: Decide) {
  const utils = api.useUtils();
  const failureText = useDecisionFailure();
  const [key] = useState(() => crypto.randomUUID());
  const options = {
    onSuccess: onDone,
    onSettled: () => utils.finance.listInbox.invalidate(),
  };
  const attach = api.finance.attachPayment.useMutation(options);
  const credit = api.finance.creditPayment.useMutation(options);
  const refund = api.finance.markForRefund.useMutation(options);
  const dismiss = api.finance.dismissPayment.useMutation(options);
  const undo = api.finance.undoDecision.useMutation(options);
  const all = { attach, credit, refund, dismiss, undo };
  const { isPending, error } = all[choice.action];
  const decide = ({ reason, orderCode = "", email = "" }: DecisionValues) => {
    switch (choice.action) {
      case "attach":
        attach.mutate({ paymentId, reason, key, orderCode });
        break;
      case "credit":
        credit.mutate({ paymentId, reason, key, email });
        break;
      case "refund":
        refund.mutate({ paymentId, reason, key });
        break;
      case "dismiss":
        dismiss.mutate({ paymentId, reason, key });
        break;
      case "undo":
        undo.mutate({ decisionId: choice.decisionId ?? "", reason, key });
        break;
    }
  };
  return { decide, isPending, failure: error === null ? null : failureText(error) };
}

type Failed = Parameters<ReturnType<typeof useFailureText>>[0];

/** What went wrong, in the words of this page where it has some. */
function useDecisionFailure(): (failed: Failed) => string {
  const t = useTranslations("finance.form");
  const failureText = useFailureText();
  return (failed) => {
    const domain = failed.data?.domain;
    if (domain === "state_conflict") return t("conflict");
    if (domain === "not_found") return t("notFound");
    if (domain === "invalid_input" && failed.data?.details.field === "orderCode") {
      return t("wrongOrderCode");
    }
    return failureText(failed);
  };
}
