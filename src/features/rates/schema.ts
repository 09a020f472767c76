import { z } from "zod";
import { isPlausibleRate, parseVndPerUsd } from "@/domain/pricing/exchange-rate.ts";

/** ₫ per USD as people write it → milli-VND per USD. */
const vndPerUsd = z.string().transform((text, issue) => {
  const rateMilliVnd = parseVndPerUsd(text);
  if (rateMilliVnd === null || !/^[\d,]+(\.\d{1,3})?$/.test(text)) {
    issue.addIssue("is ₫ per USD with up to three decimals, like 26260 or 26260.5");
    return z.NEVER;
  }
  if (!isPlausibleRate(rateMilliVnd)) {
    issue.addIssue("is between 20,000 and 40,000 ₫ per USD; anything else is taken for a mistake");
    return z.NEVER;
  }
  return rateMilliVnd;
});

export const setRateInput = z.strictObject({ vndPerUsd });

const milliVnd = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform((text) => BigInt(text));

/** `approvals.payload` of the kind `exchange_rate`: a fetched rate too far from the last one. */
export const rateProposal = z.object({ rateMilliVnd: milliVnd, source: z.string() });

/** What a source says a dollar costs. */
export type RateQuote = {
  readonly rateMilliVnd: bigint;
  /** When the source says it quoted it; null = it does not say. */
  readonly quotedAt: Date | null;
};
