import { z } from "zod";
import { readQuotedRate } from "./read-quoted-rate.ts";
import type { RateQuote } from "./schema.ts";

const document = z.object({
  result: z.literal("success"),
  base_code: z.literal("USD"),
  time_last_update_unix: z.number().int().positive(),
  rates: z.object({ VND: z.number() }),
});

/**
 * The open rates of ExchangeRate-API: a middle rate, once a day. JSON has it as a number; the
 * shortest decimal that reads as the same number is the one that was written, so its digits are
 * exact.
 * @throws Error for anything but a document that holds the dollar in VND.
 */
export function parseOpenErApi(body: string): RateQuote {
  const { rates, time_last_update_unix: seconds } = document.parse(JSON.parse(body));
  return {
    rateMilliVnd: readQuotedRate([String(rates.VND)]),
    quotedAt: new Date(seconds * 1_000),
  };
}
