"use client";
import { InfoCircleOutlined } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { useTranslations } from "next-intl";
import { CREDITS_DAILY_MAX } from "@/domain/ledger/failed-answer-credit.ts";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import type { ThreadAnswer } from "./build-thread.ts";
import { failedCharge, type FailedCharge } from "./charge-words.ts";
import styles from "./chat.module.css";
import { overlayContainer } from "./overlay-container.ts";

function useChargeSentence(): (charge: FailedCharge) => string {
  const t = useTranslations("chat.charge");
  return (charge) => {
    switch (charge.kind) {
      case "none":
        return t("none");
      case "kept":
        return t("kept", { amount: formatVnd(charge.costMicroVnd) });
      case "credited": {
        const amount = formatVnd(charge.creditedMicroVnd);
        if (charge.restMicroVnd <= 0n) return t("credited", { amount });
        return t("creditedInPart", { amount, rest: formatVnd(charge.restMicroVnd) });
      }
    }
  };
}

/** The rule by which failed answers are given back, with its bounds. */
export function CreditRule() {
  const t = useTranslations("chat.charge");
  return (
    <Popover
      trigger="click"
      getPopupContainer={overlayContainer}
      title={t("ruleTitle")}
      content={
        <div className={styles["chargeRule"]} data-testid="credit-rule">
          {t("rule", { count: CREDITS_DAILY_MAX })}
        </div>
      }
    >
      <Button
        type="link"
        size="small"
        icon={<InfoCircleOutlined aria-hidden />}
        className={styles["chargeRuleButton"] ?? ""}
        data-testid="credit-rule-button"
      >
        {t("ruleButton")}
      </Button>
    </Popover>
  );
}

/** Under an answer that failed: what it cost in the end, and by which rule. */
export function ChargeNote({ answer }: { readonly answer: ThreadAnswer }) {
  const sentenceOf = useChargeSentence();
  const charge = failedCharge(answer);
  if (charge === null) return null;
  return (
    <p className={styles["chargeNote"]} data-testid="charge-note" data-kind={charge.kind}>
      <span>{sentenceOf(charge)}</span>
      {charge.kind !== "none" && <CreditRule />}
    </p>
  );
}
