"use client";

import { Button, Form } from "antd";
import { useTranslations } from "next-intl";
import { api } from "@/api/client.ts";
import { Sheet } from "@/components/page-frame.tsx";
import { SaveOutcome } from "@/components/save-outcome.tsx";
import { useFailureText } from "@/i18n/use-error-text.ts";
import type { CostSettingsView } from "../schema.ts";
import styles from "./budgets.module.css";
import { AmountField, ModelsField, SwitchField, ThresholdsField } from "./cost-fields.tsx";
import { formValuesOf, settingsInputOf, type CostFormValues } from "./cost-form-values.ts";
import { useRefreshUsageSummary } from "./use-usage-summary.ts";

export function CostSettingsForm({ settings }: { readonly settings: CostSettingsView }) {
  const t = useTranslations("settings");
  const failureText = useFailureText();
  const refreshSummary = useRefreshUsageSummary();
  const [form] = Form.useForm<CostFormValues>();
  const update = api.costOptimization.updateCostSettings.useMutation({
    onSuccess: (saved) => {
      form.setFieldsValue(formValuesOf(saved));
      void refreshSummary();
    },
  });
  return (
    <Form<CostFormValues>
      form={form}
      name="cost"
      layout="vertical"
      requiredMark={false}
      scrollToFirstError
      initialValues={formValuesOf(settings)}
      onValuesChange={update.reset}
      onFinish={(values) => update.mutate(settingsInputOf(values))}
    >
      <div className={styles["formSections"]}>
        <Sheet title={t("cost.limits")}>
          <p className={styles["lead"]}>{t("cost.limitsText")}</p>
          <div className={styles["amounts"]}>
            <AmountField name="monthlyBudgetVnd" text="monthlyBudget" />
            <AmountField name="dailyCapVnd" text="dailyCap" />
            <AmountField name="queryCapVnd" text="queryCap" />
          </div>
        </Sheet>
        <Sheet title={t("cost.optimization")}>
          <SwitchField
            name="enableCostOptimization"
            text="enableOptimization"
            hint="enableOptimizationText"
          />
          <SwitchField name="softLanding" text="softLanding" hint="softLandingText" />
          <ModelsField name="preferredModels" other="blockedModels" hint="preferredModelsText" />
          <ModelsField name="blockedModels" other="preferredModels" hint="blockedModelsText" />
        </Sheet>
        <Sheet title={t("cost.alerts")}>
          <SwitchField name="enableBudgetAlerts" text="enableAlerts" />
          <ThresholdsField />
        </Sheet>
        <div>
          <SaveOutcome
            isSaved={update.isSuccess}
            failure={update.error === null ? null : failureText(update.error)}
          />
          <Button
            type="primary"
            htmlType="submit"
            size="large"
            loading={update.isPending}
            data-testid="save-cost"
          >
            {t("save")}
          </Button>
        </div>
      </div>
    </Form>
  );
}
