import { useTranslations } from "next-intl";
import { formatVnd, formatVndExact } from "@/domain/money/format-vnd.ts";
import styles from "./saving-text.module.css";

type SavingTextProps = {
  /** Decimal micro-VND, as on the wire; below zero = the choice cost more. */
  readonly microVnd: string;
  readonly testId?: string;
};

/** A saving in words as well as colour: a negative one is named as the extra cost it is. */
export function SavingText({ microVnd, testId }: SavingTextProps) {
  const t = useTranslations("common.money");
  const saved = BigInt(microVnd);
  const kind = saved === 0n ? "same" : saved < 0n ? "extra" : "saved";
  const amount = saved < 0n ? -saved : saved;
  return (
    <span
      className={`${styles[kind] ?? ""} money`}
      data-micro-vnd={microVnd}
      title={t("exact", { amount: formatVndExact(saved) })}
      {...(testId === undefined ? {} : { "data-testid": testId })}
    >
      {t(kind, { amount: formatVnd(amount) })}
    </span>
  );
}
