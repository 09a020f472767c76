"use client";

import { Alert, Button, Form, Input } from "antd";
import { useTranslations } from "next-intl";
import type { InboxPaymentView } from "../schema.ts";
import type { InboxChoice } from "./inbox-actions.ts";
import styles from "./inbox.module.css";
import { useInboxDecision, type DecisionValues } from "./use-inbox-decision.ts";

const REASON_CHARACTERS_MAX = 500;

type InboxDecisionFormProps = {
  readonly payment: InboxPaymentView;
  readonly choice: InboxChoice;
  readonly onCancel: () => void;
  readonly onDone: () => void;
};

function explanationOf({ action, takesBackOrder }: InboxChoice) {
  if (action === "refund" && takesBackOrder) return "refundPaid";
  if (action === "undo" && takesBackOrder) return "undoPaid";
  return action;
}

/** In the transfer's own place: what the decision does, what it needs to know, and why it is taken. */
export function InboxDecisionForm({ payment, choice, onCancel, onDone }: InboxDecisionFormProps) {
  const t = useTranslations("finance");
  const { paymentId, order, customer } = payment;
  const { decide, isPending, failure } = useInboxDecision({ paymentId, choice, onDone });
  return (
    <div className={styles["form"]}>
      <h3 className={styles["formTitle"]}>{t(`actions.${choice.action}`)}</h3>
      <p className={styles["why"]}>{t(`explain.${explanationOf(choice)}`)}</p>
      <Form<DecisionValues>
        name={`decide-${paymentId}`}
        layout="vertical"
        requiredMark={false}
        initialValues={{ orderCode: order?.code ?? "", email: customer?.email ?? "", reason: "" }}
        onFinish={decide}
        data-testid="inbox-form"
      >
        {choice.action === "attach" ? <OrderCodeField /> : null}
        {choice.action === "credit" ? <EmailField /> : null}
        <Form.Item<DecisionValues>
          name="reason"
          label={t("form.reason")}
          extra={t("form.reasonHint")}
          rules={[{ required: true, whitespace: true, min: 3, message: t("form.reasonWrong") }]}
        >
          <Input.TextArea
            autoSize={{ minRows: 2, maxRows: 5 }}
            maxLength={REASON_CHARACTERS_MAX}
            data-testid="inbox-reason"
          />
        </Form.Item>
        <div aria-live="polite" className={styles["failure"]}>
          {failure === null ? null : (
            <Alert
              type="error"
              showIcon
              title={t("form.failed")}
              description={failure}
              data-testid="inbox-failed"
            />
          )}
        </div>
        <div className={styles["actions"]}>
          <Button
            type="primary"
            htmlType="submit"
            danger={choice.takesBackOrder}
            loading={isPending}
            data-testid="inbox-confirm"
          >
            {t("form.confirm")}
          </Button>
          <Button onClick={onCancel}>{t("form.cancel")}</Button>
        </div>
      </Form>
    </div>
  );
}

function OrderCodeField() {
  const t = useTranslations("finance.form");
  return (
    <Form.Item<DecisionValues>
      name="orderCode"
      label={t("orderCode")}
      extra={t("orderCodeHint")}
      rules={[{ required: true, whitespace: true, message: t("orderCodeWrong") }]}
    >
      <Input autoFocus maxLength={40} autoComplete="off" data-testid="inbox-order-code" />
    </Form.Item>
  );
}

function EmailField() {
  const t = useTranslations("finance.form");
  return (
    <Form.Item<DecisionValues>
      name="email"
      label={t("email")}
      rules={[{ required: true, type: "email", message: t("emailWrong") }]}
    >
      <Input
        autoFocus
        type="email"
        inputMode="email"
        autoComplete="off"
        data-testid="inbox-email"
      />
    </Form.Item>
  );
}
