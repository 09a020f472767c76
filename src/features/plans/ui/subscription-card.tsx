"use client";

import { Alert, Button, Tag } from "antd";
import { useTranslations } from "next-intl";
import { api } from "@/api/client.ts";
import { Figures, Sheet } from "@/components/page-frame.tsx";
import { usePlanName } from "@/features/budgets/ui/use-plan-name.ts";
import { useFailureText } from "@/i18n/use-error-text.ts";
import type { SubscriptionView } from "../schema.ts";
import styles from "./plan-cards.module.css";
import { useDayText } from "./use-day-text.ts";

/** What the person has, until when, and whether reminders of its end are wanted. */
export function SubscriptionCard({ subscription }: { readonly subscription: SubscriptionView }) {
  const t = useTranslations("billing.subscription");
  const planName = usePlanName();
  const { day } = useDayText();
  const { tier, billing, state, periodEndsAt, paidUntil, cyclesLeft } = subscription;
  const isPaid = state !== "free";
  return (
    <Sheet
      title={t("title")}
      extra={
        <Tag color={state === "active" ? "success" : "default"} data-testid="subscription-state">
          {t(`states.${state}`)}
        </Tag>
      }
    >
      <div data-testid="subscription" data-state={state} data-plan-id={subscription.planId}>
        <Figures
          items={[
            { name: t("plan"), value: planName(tier) },
            { name: t("billing"), value: t(`billings.${billing}`) },
            {
              name: t("periodEnds"),
              value: <time dateTime={periodEndsAt}>{day(periodEndsAt)}</time>,
            },
            ...(paidUntil === null
              ? []
              : [
                  {
                    name: t("paidUntil"),
                    value: <time dateTime={paidUntil}>{day(paidUntil)}</time>,
                  },
                  { name: t("cyclesLeft"), value: t("cycles", { count: cyclesLeft }) },
                ]),
          ]}
        />
        {isPaid ? <Reminders subscription={subscription} /> : null}
      </div>
    </Sheet>
  );
}

/**
 * Nothing is ever taken by itself, so cancelling only ends the reminders; it can be taken back at
 * any time, and therefore is not asked twice.
 */
function Reminders({ subscription }: { readonly subscription: SubscriptionView }) {
  const t = useTranslations("billing.subscription");
  const failureText = useFailureText();
  const utils = api.useUtils();
  const change = api.billing.setCancelled.useMutation({
    onSettled: () => utils.billing.getPlans.invalidate(),
  });
  const isCancelled = subscription.state === "cancelled";
  return (
    <div className={styles["reminders"]}>
      <p aria-live="polite">{t(isCancelled ? "cancelledText" : "activeText")}</p>
      <Button
        loading={change.isPending}
        data-testid={isCancelled ? "resume-subscription" : "cancel-subscription"}
        onClick={() => change.mutate({ isCancelled: !isCancelled })}
      >
        {t(isCancelled ? "resume" : "cancel")}
      </Button>
      {change.error === null ? null : (
        <Alert type="error" showIcon title={failureText(change.error)} />
      )}
    </div>
  );
}
