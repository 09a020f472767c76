import { periodLimitMicroVnd, planMarginMicroVnd } from "@/domain/entitlement/budget-limit.ts";
import { MICRO_PER_VND, vndToMicroVnd } from "@/domain/money/vnd.ts";
import type { ChangePlanInput, PlanTermsView } from "../schema.ts";

/** The form's side of a plan's terms: whole đồng and percent as they are typed. */
export type PlanTermsValues = {
  readonly priceVnd: string;
  readonly ratioPercent: string;
  readonly enabled: boolean;
  readonly reason: string;
};

const PRICE_VND_MIN = 1_000;
const PRICE_VND_MAX = 1_000_000_000;
const RATIO_BP_MAX = 20_000;

export function valuesOf(terms: PlanTermsView): PlanTermsValues {
  return {
    priceVnd: (BigInt(terms.priceMicroVnd) / MICRO_PER_VND).toString(),
    ratioPercent: percentOf(terms.budgetRatioBp),
    enabled: terms.enabled,
    reason: "",
  };
}

/** 10000 → `100`, 8750 → `87,5`. */
export function percentOf(ratioBp: number): string {
  return String(ratioBp / 100).replace(".", ",");
}

/** Whole đồng in the bounds of the door, else null. */
export function priceOf(written: string): number | null {
  const digits = written.replace(/[.\s]/g, "");
  const price = /^\d{1,10}$/.test(digits) ? Number(digits) : -1;
  return price >= PRICE_VND_MIN && price <= PRICE_VND_MAX ? price : null;
}

/** Basis points of a percentage with at most two decimals, else null. */
export function ratioOf(written: string): number | null {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(written.trim());
  if (match === null) return null;
  const [, whole = "", decimals = ""] = match;
  const ratioBp = Number(whole) * 100 + Number(decimals.padEnd(2, "0"));
  return ratioBp <= RATIO_BP_MAX ? ratioBp : null;
}

export type PlanTermsChange = Pick<ChangePlanInput, "priceVnd" | "budgetRatioBp" | "enabled">;

/** What differs from the terms as they are; null where nothing does or something cannot be read. */
export function changeOf(
  terms: PlanTermsView,
  values: Omit<PlanTermsValues, "reason">,
): PlanTermsChange | null {
  const priceVnd = priceOf(values.priceVnd);
  const budgetRatioBp = ratioOf(values.ratioPercent);
  if (priceVnd === null || budgetRatioBp === null) return null;
  const isSamePrice = vndToMicroVnd(BigInt(priceVnd)).toString() === terms.priceMicroVnd;
  const change = {
    ...(isSamePrice ? {} : { priceVnd }),
    ...(budgetRatioBp === terms.budgetRatioBp ? {} : { budgetRatioBp }),
    ...(values.enabled === terms.enabled ? {} : { enabled: values.enabled }),
  };
  return Object.keys(change).length === 0 ? null : change;
}

/** What the terms would mean, by the rule that later sets the budgets; null while unreadable. */
export function previewOf(
  terms: PlanTermsView,
  values: Pick<PlanTermsValues, "priceVnd" | "ratioPercent">,
) {
  const priceVnd = priceOf(values.priceVnd);
  const budgetRatioBp = ratioOf(values.ratioPercent);
  if (priceVnd === null || budgetRatioBp === null) return null;
  const plan = {
    billing: terms.billing,
    priceMicroVnd: vndToMicroVnd(BigInt(priceVnd)),
    budgetRatioBp,
    budgetMicroVnd: null,
  };
  return {
    cycleLimitMicroVnd: periodLimitMicroVnd(plan).toString(),
    marginMicroVnd: planMarginMicroVnd(plan).toString(),
  };
}

/** From one whole đồng on: below it is only what a year's twelfths lose by rounding. */
export function hasMargin({ marginMicroVnd }: { readonly marginMicroVnd: string }): boolean {
  return BigInt(marginMicroVnd) >= MICRO_PER_VND;
}
