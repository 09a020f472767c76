"use client";

import { QrcodeOutlined } from "@ant-design/icons";
import { Button, Radio, Space } from "antd";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { usePlanName } from "@/features/budgets/ui/use-plan-name.ts";
import type { OrderStarts, PlanCardView } from "@/features/plans/schema.ts";
import { useStartSentence } from "@/features/plans/ui/use-start-sentence.ts";
import styles from "./checkout.module.css";
import type { Purchase } from "./use-purchase.ts";

type StartChoiceProps = { readonly plan: PlanCardView; readonly purchase: Purchase };

/** When the plan is to begin, with the instant and what is carried over, before anything is paid. */
export function StartChoice({ plan, purchase }: StartChoiceProps) {
  const t = useTranslations("billing.start");
  const startSentence = useStartSentence();
  const planName = usePlanName();
  const labelId = useId();
  const [chosen, setChosen] = useState<OrderStarts>(plan.starts[0]?.starts ?? "now");
  const price = formatVnd(BigInt(plan.priceMicroVnd));
  return (
    <div className={styles["panel"]} data-testid="start-choice" data-plan-id={plan.planId}>
      <p id={labelId} className={styles["question"]}>
        {t("question", { plan: planName(plan.tier), billing: plan.billing, price })}
      </p>
      <Radio.Group
        vertical
        aria-labelledby={labelId}
        value={chosen}
        onChange={(event) =>
          setChosen(
            plan.starts.find(({ starts }) => starts === event.target.value)?.starts ?? "now",
          )
        }
        options={plan.starts.map((start, index) => ({
          value: start.starts,
          label: (
            <span data-testid={`start-${start.starts}`}>
              <b>{t(`names.${start.starts}`)}</b>
              {index === 0 ? ` ${t("proposed")}` : ""}
              <br />
              <span className={styles["faint"]}>{startSentence(start)}</span>
            </span>
          ),
        }))}
      />
      <Space wrap className={styles["buttons"] ?? ""}>
        <Button
          type="primary"
          icon={<QrcodeOutlined aria-hidden />}
          loading={purchase.pending !== null}
          data-testid="confirm-start"
          onClick={() => purchase.open({ kind: "plan", planId: plan.planId, starts: chosen })}
        >
          {t("confirm")}
        </Button>
        <Button onClick={purchase.close}>{t("back")}</Button>
      </Space>
    </div>
  );
}
