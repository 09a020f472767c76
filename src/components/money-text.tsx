import { useTranslations } from "next-intl";
import { formatVnd, formatVndExact, formatVndLeft } from "@/domain/money/format-vnd.ts";

type MoneyTextProps = {
  /** Decimal micro-VND, as on the wire. */
  readonly microVnd: string;
  /** What is left is rounded down, what was spent to the nearest. */
  readonly isLeft?: boolean;
  readonly testId?: string;
};

/** An amount in ₫ with its exact value on hover and in `data-micro-vnd`. */
export function MoneyText({ microVnd, isLeft = false, testId }: MoneyTextProps) {
  const t = useTranslations("common.money");
  const amount = BigInt(microVnd);
  return (
    <span
      className="money"
      data-micro-vnd={microVnd}
      title={t("exact", { amount: formatVndExact(amount) })}
      {...(testId === undefined ? {} : { "data-testid": testId })}
    >
      {isLeft ? formatVndLeft(amount) : formatVnd(amount)}
    </span>
  );
}
