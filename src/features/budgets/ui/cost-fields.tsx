"use client";

import { Form, InputNumber, Select, Switch } from "antd";
import { useTranslations } from "next-intl";
import { api } from "@/api/client.ts";
import styles from "./budgets.module.css";
import {
  areThresholds,
  groupDigits,
  isAmount,
  plainDigits,
  type CostFormValues,
} from "./cost-form-values.ts";

const usualThresholds = [50, 75, 80, 90, 95, 100].map((mark) => ({
  value: String(mark),
  label: `${String(mark)} %`,
}));

type AmountFieldProps = {
  readonly name: "monthlyBudgetVnd" | "dailyCapVnd" | "queryCapVnd";
  readonly text: "monthlyBudget" | "dailyCap" | "queryCap";
};

/** Whole đồng; empty means no limit of one's own. */
export function AmountField({ name, text }: AmountFieldProps) {
  const t = useTranslations("settings.cost");
  return (
    <Form.Item
      name={name}
      label={t(text)}
      extra={t("amountHint")}
      rules={[
        {
          validator: (_, vnd: string | null | undefined) =>
            isAmount(vnd) ? Promise.resolve() : Promise.reject(new Error(t("amountWrong"))),
        },
      ]}
    >
      <InputNumber<string>
        stringMode
        controls={false}
        inputMode="numeric"
        placeholder={t("noLimit")}
        suffix="₫"
        style={{ width: "100%" }}
        formatter={groupDigits}
        parser={plainDigits}
      />
    </Form.Item>
  );
}

type SwitchFieldProps = {
  readonly name: "enableCostOptimization" | "softLanding" | "enableBudgetAlerts";
  readonly text: "enableOptimization" | "softLanding" | "enableAlerts";
  readonly hint?: "enableOptimizationText" | "softLandingText";
};

export function SwitchField({ name, text, hint }: SwitchFieldProps) {
  const t = useTranslations("settings.cost");
  const id = `cost_${name}`;
  return (
    <div className={styles["switchRow"]}>
      <Form.Item name={name} valuePropName="checked" noStyle>
        <Switch id={id} {...(hint === undefined ? {} : { "aria-describedby": `${id}_hint` })} />
      </Form.Item>
      <label htmlFor={id}>{t(text)}</label>
      {hint === undefined ? null : <p id={`${id}_hint`}>{t(hint)}</p>}
    </div>
  );
}

type ModelsFieldProps = {
  readonly name: "preferredModels" | "blockedModels";
  readonly other: "preferredModels" | "blockedModels";
  readonly hint: "preferredModelsText" | "blockedModelsText";
};

/** Models by name; ids that are no longer on offer stay as they are. */
export function ModelsField({ name, other, hint }: ModelsFieldProps) {
  const t = useTranslations("settings.cost");
  const { data: models = [], isPending } = api.chat.listModels.useQuery();
  return (
    <Form.Item<CostFormValues>
      name={name}
      label={t(name)}
      extra={t(hint)}
      dependencies={[other]}
      rules={[
        ({ getFieldValue }) => ({
          validator: (_, chosen: readonly string[]) => {
            const others: unknown = getFieldValue(other);
            return Array.isArray(others) && chosen.some((id) => others.includes(id))
              ? Promise.reject(new Error(t("bothLists")))
              : Promise.resolve();
          },
        }),
      ]}
    >
      <Select
        mode="multiple"
        loading={isPending}
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("modelsPlaceholder")}
        options={models.map((model) => ({ value: model.id, label: model.name }))}
      />
    </Form.Item>
  );
}

export function ThresholdsField() {
  const t = useTranslations("settings.cost");
  return (
    <Form.Item<CostFormValues>
      name="thresholds"
      label={t("thresholds")}
      extra={t("thresholdsText")}
      rules={[
        {
          validator: (_, marks: readonly string[]) =>
            areThresholds(marks)
              ? Promise.resolve()
              : Promise.reject(new Error(t("thresholdsWrong"))),
        },
      ]}
    >
      <Select
        mode="tags"
        options={usualThresholds}
        tokenSeparators={[",", " "]}
        style={{ maxWidth: 420 }}
      />
    </Form.Item>
  );
}
