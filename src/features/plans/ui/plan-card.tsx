"use client";

import { CheckOutlined } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { MoneyText } from "@/components/money-text.tsx";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { usePlanName } from "@/features/budgets/ui/use-plan-name.ts";
import type { PlanCardView } from "../schema.ts";
import styles from "./plan-cards.module.css";
import { useAnswersText } from "./use-answers-text.ts";
import { useStartSentence } from "./use-start-sentence.ts";

type PlanCardProps = {
  readonly plan: PlanCardView;
  /** Whether the person has a plan that is paid for. */
  readonly isPaying: boolean;
  readonly savingMicroVnd: bigint;
  readonly isPending: boolean;
  readonly isClosed: boolean;
  readonly onChoose: (plan: PlanCardView) => void;
};

const modelTiers = ["economy", "standard", "premium"] as const;

export function PlanCard(props: PlanCardProps) {
  const { plan, isPaying, savingMicroVnd, isPending, isClosed, onChoose } = props;
  const t = useTranslations("billing.plans");
  const name = usePlanName()(plan.tier);
  const startSentence = useStartSentence();
  const [start] = plan.starts;
  return (
    <li
      className={styles["card"]}
      data-testid="plan-card"
      data-plan-id={plan.planId}
      data-current={plan.isCurrent}
    >
      <h3 className={styles["name"]}>
        {name} {plan.isCurrent ? <Tag color="success">{t("current")}</Tag> : null}
      </h3>
      <p className={styles["price"]}>
        <MoneyText microVnd={plan.priceMicroVnd} testId="plan-price" />
        <span>{t(`per.${plan.billing}`)}</span>
      </p>
      {savingMicroVnd > 0n ? (
        <p className={styles["saving"]}>{t("saving", { amount: formatVnd(savingMicroVnd) })}</p>
      ) : null}
      <Contents plan={plan} />
      <div className={styles["foot"]}>
        {start === undefined ? null : (
          <>
            <p className={styles["start"]} data-testid="plan-start" data-starts={start.starts}>
              {startSentence(start)}
              {plan.starts.length > 1 ? ` ${t("choosable")}` : ""}
            </p>
            <Button
              block
              type={plan.isCurrent ? "default" : "primary"}
              disabled={isClosed}
              loading={isPending}
              data-testid="choose-plan"
              onClick={() => onChoose(plan)}
            >
              {t(plan.isCurrent ? "renew" : isPaying ? "change" : "choose", { plan: name })}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

function Line(props: { readonly testId?: string; readonly children: ReactNode }) {
  return (
    <li data-testid={props.testId}>
      <CheckOutlined aria-hidden /> <span>{props.children}</span>
    </li>
  );
}

function Contents({ plan }: { readonly plan: PlanCardView }) {
  const t = useTranslations("billing.plans");
  const model = useTranslations("chat.model");
  const answersText = useAnswersText();
  const tiers = modelTiers.filter((tier) => plan.modelTiers.includes(tier));
  const answers = answersText(plan.answers);
  return (
    <ul className={styles["contents"]}>
      <Line>{t("budget", { amount: formatVnd(BigInt(plan.cycleLimitMicroVnd)) })}</Line>
      {answers === null ? null : <Line testId="plan-answers">{answers}</Line>}
      <Line>
        {plan.messagesDailyMax === null
          ? t("messagesFree")
          : t("messages", { count: plan.messagesDailyMax })}
      </Line>
      <Line>
        {t("models", {
          names: tiers.map((tier) => model(tier).toLocaleLowerCase("vi")).join(", "),
        })}
      </Line>
    </ul>
  );
}
