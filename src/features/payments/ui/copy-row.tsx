"use client";

import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslations } from "next-intl";
import { useCopy } from "@/components/use-copy.ts";
import styles from "./checkout.module.css";

type CopyRowProps = {
  readonly name: string;
  readonly shown: string;
  /** As a bank's form takes it. */
  readonly copied: string;
  readonly testId: string;
};

/** One thing to be typed into the bank's form; a tap selects it whole where copying is refused. */
export function CopyRow({ name, shown, copied, testId }: CopyRowProps) {
  const t = useTranslations("billing.transfer");
  const { isCopied, copy } = useCopy();
  return (
    <div className={styles["row"]}>
      <dt>{name}</dt>
      <dd>
        <span className={styles["value"]} data-testid={testId} data-copy={copied}>
          {shown}
        </span>
        <Button
          size="small"
          icon={isCopied ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
          aria-label={t("copyName", { name })}
          data-testid={`copy-${testId}`}
          onClick={() => copy(copied)}
        >
          {isCopied ? t("copied") : t("copy")}
        </Button>
        <span role="status" aria-live="polite" className="visually-hidden">
          {isCopied ? t("copiedName", { name }) : ""}
        </span>
      </dd>
    </div>
  );
}
