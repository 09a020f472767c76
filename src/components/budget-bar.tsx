import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { formatVnd, formatVndExact, formatVndLeft } from "@/domain/money/format-vnd.ts";
import styles from "./budget-bar.module.css";
import {
  budgetBands,
  budgetState,
  usedPercent,
  type BudgetFigures,
  type BudgetState,
} from "./budget-state.ts";

export type BudgetBarProps = {
  readonly figures: BudgetFigures;
  readonly variant: "compact" | "full";
  /** Stands beside the words, so that colour never speaks alone. */
  readonly iconOf?: (state: BudgetState) => ReactNode;
};

/**
 * Spent, held (striped), left. The headline is limit − used: holds come and go without moving it.
 * Without Ant Design, so that the landing page can show it too.
 */
export function BudgetBar({ figures, variant, iconOf }: BudgetBarProps) {
  const t = useTranslations("common.budget");
  const state = budgetState(figures);
  const percent = usedPercent(figures);
  const left = formatVndLeft(figures.remainingMicroVnd);
  const spoken = t("aria", {
    spent: formatVnd(figures.usedMicroVnd),
    limit: formatVnd(figures.limitMicroVnd),
    percent,
    held: formatVnd(figures.reservedMicroVnd),
    left,
  });
  return (
    <div
      className={styles["root"]}
      title={useExactLines(figures)}
      data-testid="budget-bar"
      data-variant={variant}
      data-state={state}
      data-limit-micro-vnd={figures.limitMicroVnd.toString()}
      data-used-micro-vnd={figures.usedMicroVnd.toString()}
      data-reserved-micro-vnd={figures.reservedMicroVnd.toString()}
      data-remaining-micro-vnd={figures.remainingMicroVnd.toString()}
    >
      <div className={styles["head"]}>
        <span className={`${styles["left"] ?? ""} money`}>
          {figures.overdraftMicroVnd > 0n
            ? t("over", { amount: formatVnd(figures.overdraftMicroVnd) })
            : t("left", { amount: left })}
        </span>
        <span className={`${styles["limit"] ?? ""} money`}>
          {t("ofLimit", { amount: formatVnd(figures.limitMicroVnd) })}
        </span>
        {variant === "full" || state !== "calm" ? (
          <span className={styles["state"]} data-testid="budget-state">
            {iconOf?.(state)}
            {variant === "full" ? t(`states.${state}`, { percent }) : t("used", { percent })}
          </span>
        ) : null}
      </div>
      <div
        className={styles["track"]}
        role="progressbar"
        aria-label={t("name")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, percent)}
        aria-valuetext={spoken}
      >
        <Bands figures={figures} />
      </div>
      {variant === "full" ? <Legend figures={figures} /> : null}
    </div>
  );
}

function useExactLines(figures: BudgetFigures): string {
  const t = useTranslations("common.budget");
  return [
    `${t("spent")}: ${formatVndExact(figures.usedMicroVnd)}`,
    `${t("held")}: ${formatVndExact(figures.reservedMicroVnd)}`,
    `${t("free")}: ${formatVndExact(figures.remainingMicroVnd)}`,
  ].join("\n");
}

function Bands({ figures }: { readonly figures: BudgetFigures }) {
  const { spent, held, left } = budgetBands(figures);
  return (
    <>
      <span className={styles["spent"]} style={{ width: `${String(spent)}%` }} />
      <span className={styles["held"]} style={{ width: `${String(held)}%` }} />
      <span className={styles["free"]} style={{ width: `${String(left)}%` }} />
    </>
  );
}

function Legend({ figures }: { readonly figures: BudgetFigures }) {
  const t = useTranslations("common.budget");
  const free = figures.remainingMicroVnd - figures.reservedMicroVnd;
  return (
    <ul className={styles["legend"]}>
      <li>
        <i className={styles["spent"]} />
        {t("spent")} <b className="money">{formatVnd(figures.usedMicroVnd)}</b>
      </li>
      <li title={t("heldHint")}>
        <i className={styles["held"]} />
        {t("held")} <b className="money">{formatVnd(figures.reservedMicroVnd)}</b>
      </li>
      <li>
        <i className={styles["free"]} />
        {t("free")} <b className="money">{formatVndLeft(free > 0n ? free : 0n)}</b>
      </li>
    </ul>
  );
}
