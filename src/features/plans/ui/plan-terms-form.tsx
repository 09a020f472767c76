"use client";

import { Alert, Button, Form, Input, Switch } from "antd";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "@/api/client.ts";
import { MoneyText } from "@/components/money-text.tsx";
import { Figures } from "@/components/page-frame.tsx";
import { useFailureText } from "@/i18n/use-error-text.ts";
import type { PlanTermsView } from "../schema.ts";
import { usePlanTitle } from "./plan-terms-cells.tsx";
import {
  changeOf,
  hasMargin,
  priceOf,
  previewOf,
  ratioOf,
  valuesOf,
  type PlanTermsValues,
} from "./plan-terms-values.ts";
import styles from "./plan-terms.module.css";

const REASON_CHARACTERS_MAX = 500;

type PlanTermsFormProps = {
  readonly plan: PlanTermsView;
  readonly onSaved: (plan: PlanTermsView) => void;
  readonly onCancel: () => void;
};

/** New terms of one plan, what they would mean, and why they are set. */
export function PlanTermsForm({ plan, onSaved, onCancel }: PlanTermsFormProps) {
  const t = useTranslations("finance");
  const utils = api.useUtils();
  const titleOf = usePlanTitle();
  const failureText = useFailureText();
  const [key] = useState(() => crypto.randomUUID());
  const [values, setValues] = useState(() => valuesOf(plan));
  const change = changeOf(plan, values);
  const save = api.finance.changePlan.useMutation({
    onSuccess: async (saved) => {
      await utils.finance.listPlanTerms.invalidate();
      onSaved(saved);
    },
  });
  return (
    <div className={styles["form"]}>
      <Form<PlanTermsValues>
        name={`terms-${plan.planId}`}
        layout="vertical"
        requiredMark={false}
        initialValues={values}
        onValuesChange={(_, all) => setValues(all)}
        onFinish={({ reason }) => {
          if (change !== null) save.mutate({ planId: plan.planId, reason, key, ...change });
        }}
        data-testid="plan-form"
      >
        <h3 className={styles["formTitle"]}>{t("plans.editTitle", { plan: titleOf(plan) })}</h3>
        <div className={styles["fields"]}>
          <PriceField />
          <RatioField />
          <Form.Item<PlanTermsValues>
            name="enabled"
            label={t("plans.enabled")}
            valuePropName="checked"
          >
            <Switch />
          </Form.Item>
        </div>
        <Preview plan={plan} values={values} />
        <ReasonField />
        <div aria-live="polite" className={styles["notice"]}>
          {save.error === null ? null : (
            <Alert
              type="error"
              showIcon
              title={t("form.failed")}
              description={failureText(save.error)}
            />
          )}
        </div>
        <div className={styles["actions"]}>
          <Button
            type="primary"
            htmlType="submit"
            disabled={change === null}
            loading={save.isPending}
            data-testid="plan-save"
          >
            {t("plans.save")}
          </Button>
          <Button onClick={onCancel}>{t("form.cancel")}</Button>
          {change === null ? <span className={styles["faint"]}>{t("plans.unchanged")}</span> : null}
        </div>
      </Form>
    </div>
  );
}

function ReasonField() {
  const t = useTranslations("finance.form");
  return (
    <Form.Item<PlanTermsValues>
      name="reason"
      label={t("reason")}
      rules={[{ required: true, whitespace: true, min: 3, message: t("reasonWrong") }]}
    >
      <Input.TextArea
        autoSize={{ minRows: 2, maxRows: 5 }}
        maxLength={REASON_CHARACTERS_MAX}
        data-testid="plan-reason"
      />
    </Form.Item>
  );
}

function PriceField() {
  const t = useTranslations("finance.plans");
  return (
    <Form.Item<PlanTermsValues>
      name="priceVnd"
      label={t("priceVnd")}
      rules={[
        {
          validator: (_, written: string) =>
            priceOf(written) === null
              ? Promise.reject(new Error(t("priceWrong")))
              : Promise.resolve(),
        },
      ]}
    >
      <Input inputMode="numeric" suffix="₫" autoComplete="off" data-testid="plan-price-input" />
    </Form.Item>
  );
}

function RatioField() {
  const t = useTranslations("finance.plans");
  return (
    <Form.Item<PlanTermsValues>
      name="ratioPercent"
      label={t("ratioPercent")}
      rules={[
        {
          validator: (_, written: string) =>
            ratioOf(written) === null
              ? Promise.reject(new Error(t("ratioWrong")))
              : Promise.resolve(),
        },
      ]}
    >
      <Input inputMode="decimal" suffix="%" autoComplete="off" data-testid="plan-ratio-input" />
    </Form.Item>
  );
}

function Preview({
  plan,
  values,
}: {
  readonly plan: PlanTermsView;
  readonly values: PlanTermsValues;
}) {
  const t = useTranslations("finance.plans");
  const preview = previewOf(plan, values);
  if (preview === null) return null;
  return (
    <div className={styles["preview"]} role="group" aria-label={t("preview")} aria-live="polite">
      <Figures
        items={[
          {
            name: t("cycleLimit"),
            value: <MoneyText microVnd={preview.cycleLimitMicroVnd} testId="preview-limit" />,
          },
          {
            name: t("margin"),
            value: <MoneyText microVnd={preview.marginMicroVnd} testId="preview-margin" />,
          },
        ]}
      />
      {hasMargin(preview) ? null : (
        <div className={styles["notice"]}>
          <Alert
            type="warning"
            showIcon
            title={t("negativeWarning")}
            data-testid="preview-warning"
          />
        </div>
      )}
    </div>
  );
}
