"use client";

import { Button, Form, InputNumber, Space } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Sheet } from "@/components/page-frame.tsx";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { openOrderInput, topUpAmountsVnd } from "../schema.ts";
import styles from "./orders.module.css";

type TopUpChoiceProps = {
  /** The amount whose order is being made. */
  readonly pendingVnd: number | null;
  /** Nothing can be paid at present. */
  readonly isClosed: boolean;
  readonly onChoose: (amountVnd: number) => void;
};

const amountText = (vnd: number): string => formatVnd(vndToMicroVnd(BigInt(vnd)));

function isTopUp(amountVnd: number | null): amountVnd is number {
  return openOrderInput.safeParse({ kind: "top_up", amountVnd }).success;
}

/** More budget for the present period, in round amounts or one's own. */
export function TopUpChoice({ pendingVnd, isClosed, onChoose }: TopUpChoiceProps) {
  const t = useTranslations("billing.topUp");
  return (
    <Sheet title={t("title")}>
      <p className={styles["lead"]}>{t("text")}</p>
      <Space wrap className={styles["amounts"] ?? ""}>
        {topUpAmountsVnd.map((vnd) => (
          <Button
            key={vnd}
            size="large"
            className="money"
            disabled={isClosed}
            loading={pendingVnd === vnd}
            data-testid={`top-up-${String(vnd)}`}
            onClick={() => onChoose(vnd)}
          >
            {t("add", { amount: amountText(vnd) })}
          </Button>
        ))}
      </Space>
      <OwnAmount isClosed={isClosed} onChoose={onChoose} />
    </Sheet>
  );
}

function OwnAmount({ isClosed, onChoose }: Pick<TopUpChoiceProps, "isClosed" | "onChoose">) {
  const t = useTranslations("billing.topUp");
  const [vnd, setVnd] = useState<number | null>(null);
  const [isWrong, setIsWrong] = useState(false);
  const submit = (): void => {
    setIsWrong(!isTopUp(vnd));
    if (isTopUp(vnd)) onChoose(vnd);
  };
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      className={styles["ownAmount"] ?? ""}
      disabled={isClosed}
      onFinish={submit}
    >
      <Form.Item
        label={t("own")}
        htmlFor="top-up-own"
        extra={t("ownHint")}
        {...(isWrong ? { validateStatus: "error", help: t("ownWrong") } : {})}
      >
        <Space.Compact block>
          <InputNumber<number>
            id="top-up-own"
            value={vnd}
            controls={false}
            inputMode="numeric"
            suffix="₫"
            style={{ width: "100%" }}
            data-testid="top-up-own"
            formatter={(value) => String(value ?? "").replace(/\B(?=(\d{3})+(?!\d))/g, ".")}
            parser={(text) => Number((text ?? "").replace(/\D/g, ""))}
            onChange={(value) => {
              setVnd(value);
              setIsWrong(false);
            }}
          />
          <Button htmlType="submit" data-testid="top-up-submit">
            {t("ownAdd")}
          </Button>
        </Space.Compact>
      </Form.Item>
    </Form>
  );
}
