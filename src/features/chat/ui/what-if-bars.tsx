"use client";
import { CheckCircleOutlined, WarningOutlined } from "@ant-design/icons";
import { Progress } from "antd";
import { useTranslations } from "next-intl";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { usePlanName } from "@/features/budgets/ui/use-plan-name.ts";
import type { CostBreakdown, CostBreakdownInput } from "../schema.ts";
import { planVerdict, type PlanBreakdown } from "./what-if-verdict.ts";
import styles from "./what-if.module.css";

function Verdict({ plan, questions }: { plan: PlanBreakdown; questions: CostBreakdownInput }) {
  const t = useTranslations("usage.whatIf");
  const verdict = planVerdict(plan, questions);
  const fits = verdict === "fits";
  return (
    <span className={styles["verdict"]} data-verdict={verdict} data-testid="what-if-verdict">
      {fits ? <CheckCircleOutlined aria-hidden /> : <WarningOutlined aria-hidden />}{" "}
      {t(`verdicts.${verdict}`, { max: plan.messagesDailyMax ?? 0 })}
    </span>
  );
}

function PlanRow({ plan, questions }: { plan: PlanBreakdown; questions: CostBreakdownInput }) {
  const t = useTranslations("usage.whatIf");
  const planName = usePlanName();
  const total = BigInt(plan.totalMicroVnd);
  const budget = BigInt(plan.budgetMicroVnd);
  const percent = budget === 0n ? 100 : Number((total * 100n) / budget);
  const amounts = { cost: formatVnd(total), budget: formatVnd(budget) };
  const isOver = planVerdict(plan, questions) !== "fits";
  return (
    <li
      className={styles["plan"]}
      data-testid="what-if-plan"
      data-plan-id={plan.planId}
      data-total-micro-vnd={plan.totalMicroVnd}
    >
      <span className={styles["planHead"]}>
        <b>{planName(plan.name)}</b>
        <span className={`${styles["price"] ?? ""} money`}>
          {BigInt(plan.priceMicroVnd) === 0n
            ? t("free")
            : t("price", { price: formatVnd(BigInt(plan.priceMicroVnd)) })}
        </span>
      </span>
      <Progress
        percent={Math.min(100, percent)}
        showInfo={false}
        aria-label={t("barLabel", { plan: planName(plan.name), ...amounts })}
        strokeColor={isOver ? "var(--pho-chilli)" : "var(--pho-herb)"}
        className={styles["bar"] ?? ""}
      />
      <span className={styles["planFoot"]}>
        <span className="money">{t("costOfBudget", amounts)}</span>
        <Verdict plan={plan} questions={questions} />
      </span>
    </li>
  );
}

/** Cost of the month against the budget, one bar a plan; verdicts in words as well as colour. */
export function WhatIfBars(props: {
  readonly breakdown: CostBreakdown;
  readonly questions: CostBreakdownInput;
}) {
  const t = useTranslations("usage.whatIf");
  return (
    <ul className={styles["plans"]} aria-label={t("chart")}>
      {props.breakdown.plans.map((plan) => (
        <PlanRow key={plan.planId} plan={plan} questions={props.questions} />
      ))}
    </ul>
  );
}
