"use client";

import { QrcodeOutlined } from "@ant-design/icons";
import { Button, Space } from "antd";
import { useTranslations } from "next-intl";
import { useState, type ReactNode } from "react";
import { usePlans } from "@/features/plans/ui/use-plans.ts";
import { BlockChoice } from "./block-choice.tsx";
import type { BlockNeed } from "./block-offers.ts";
import styles from "./block.module.css";
import { PurchaseSteps } from "./purchase-steps.tsx";
import { usePurchase } from "./use-purchase.ts";
import { useReveal } from "./use-reveal.ts";
import { useWaysToPay } from "./use-ways-to-pay.ts";

type PayAtBlockProps = {
  readonly need: BlockNeed;
  /** What sends the kept question once the money is there. */
  readonly afterPaid: ReactNode;
  /** What else can be done, as long as nothing is being bought. */
  readonly otherSteps: ReactNode;
};

/** Where a message was refused: buys what it lacks in the same place, the question untouched. */
export function PayAtBlock({ need, afterPaid, otherSteps }: PayAtBlockProps) {
  const t = useTranslations("billing.block");
  const [isOpen, setIsOpen] = useState(false);
  const { isOpen: isPayable } = useWaysToPay();
  if (isOpen) {
    return <BlockPurchase need={need} afterPaid={afterPaid} onClose={() => setIsOpen(false)} />;
  }
  return (
    <Space wrap size="middle">
      {isPayable ? (
        <Button
          type="primary"
          icon={<QrcodeOutlined aria-hidden />}
          data-testid="pay-at-block"
          onClick={() => setIsOpen(true)}
        >
          {t(need === "budget" ? "openBudget" : "openUpgrade")}
        </Button>
      ) : null}
      {otherSteps}
    </Space>
  );
}

function BlockPurchase(
  props: Omit<PayAtBlockProps, "otherSteps"> & { readonly onClose: () => void },
) {
  const { need, afterPaid, onClose } = props;
  const t = useTranslations("billing.block");
  const [orderId, setOrderId] = useState<string | null>(null);
  const purchase = usePurchase({ orderId, setOrderId });
  const isChoosing = orderId === null && purchase.plan === null;
  const isKnown = usePlans().data !== undefined;
  const frame = useReveal(`${String(isKnown)} ${purchase.plan?.planId ?? ""} ${orderId ?? ""}`);
  return (
    <div
      ref={frame}
      tabIndex={-1}
      role="region"
      className={styles["block"]}
      aria-label={t("title")}
      data-testid="block-purchase"
    >
      {isChoosing ? <BlockChoice need={need} purchase={purchase} onClose={onClose} /> : null}
      {isChoosing && purchase.failure === null ? null : (
        <PurchaseSteps purchase={purchase} afterPaid={afterPaid} />
      )}
    </div>
  );
}
