import { getTranslations } from "next-intl/server";
import { formatVnd } from "@/domain/money/format-vnd.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { BudgetBar } from "./budget-bar.tsx";
import styles from "./landing.module.css";

const limitMicroVnd = vndToMicroVnd(5_000n);
const usedMicroVnd = vndToMicroVnd(1_880n);

/** Made-up figures, and labelled so: the illustration shows how the product looks, not what it did. */
const figures = {
  limitMicroVnd,
  usedMicroVnd,
  reservedMicroVnd: vndToMicroVnd(310n),
  remainingMicroVnd: limitMicroVnd - usedMicroVnd,
  overdraftMicroVnd: 0n,
};
const answerCostMicroVnd = vndToMicroVnd(6n);

/** One question with its answer, its cost and the bar, drawn with the product's own parts. */
export async function LandingExample() {
  const t = await getTranslations("landing");
  return (
    <figure className={styles["example"]} aria-label={t("exampleLabel")}>
      <figcaption className={styles["caption"]} title={t("exampleLabel")}>
        {t("exampleCaption")}
      </figcaption>
      <p className={styles["question"]}>{t("exampleQuestion")}</p>
      <div className={styles["answer"]}>
        <p>{t("exampleAnswer")}</p>
        <p className={styles["chips"]}>
          <span className={styles["chip"]}>{t("exampleModel")}</span>
          <span className={`${styles["chip"] ?? ""} money`}>
            {t("exampleCostLabel")} {formatVnd(answerCostMicroVnd)}
          </span>
        </p>
        <p className={styles["reason"]}>{t("exampleReason")}</p>
      </div>
      <div className={styles["exampleBudget"]}>
        <span className={styles["exampleBudgetName"]}>{t("exampleBudget")}</span>
        <BudgetBar figures={figures} variant="full" />
      </div>
    </figure>
  );
}
