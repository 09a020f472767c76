import { z } from "zod";
import { readQuotedRate } from "./read-quoted-rate.ts";
import type { RateQuote } from "./schema.ts";

const document = z.object({
  Data: z.array(z.object({ currencyCode: z.string(), sell: z.string() })).min(1),
});

/**
 * Vietcombank's JSON of a day: the rate at which the bank sells dollars.
 * @throws Error for anything but a document that quotes the dollar.
 */
export function parseVietcombankJson(body: string): RateQuote {
  const { Data } = document.parse(JSON.parse(body));
  const dollars = Data.filter((row) => row.currencyCode.trim() === "USD");
  return { rateMilliVnd: readQuotedRate(dollars.map((row) => row.sell)), quotedAt: null };
}
