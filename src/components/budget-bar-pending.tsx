import { useTranslations } from "next-intl";
import styles from "./budget-bar.module.css";

/** The bar's place before its figures are known; the same height, so nothing jumps. */
export function BudgetBarLoading({ variant }: { readonly variant: "compact" | "full" }) {
  const t = useTranslations("common.budget");
  return (
    <div
      className={styles["skeleton"]}
      data-variant={variant}
      role="status"
      aria-label={t("loading")}
    >
      <span className={styles["skeletonBar"]} />
    </div>
  );
}

/** The figures could not be read. Never shows a made-up number. */
export function BudgetBarFailed(props: {
  readonly variant: "compact" | "full";
  readonly onReload: () => void;
}) {
  const t = useTranslations("common.budget");
  return (
    <div className={styles["skeleton"]} data-variant={props.variant} role="alert">
      <span>{t("failed")}</span>
      <button type="button" className={styles["reload"]} onClick={props.onReload}>
        {t("reload")}
      </button>
    </div>
  );
}
