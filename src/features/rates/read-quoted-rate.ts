import { parseVndPerUsd } from "@/domain/pricing/exchange-rate.ts";

/**
 * The one rate among what a source lists for the dollar. Empty or a dash is "not quoted", never 0.
 * @throws Error for none, for several that differ, for one that is not quoted or no amount.
 */
export function readQuotedRate(texts: readonly string[]): bigint {
  const [text, ...others] = new Set(texts.map((one) => one.trim()));
  if (text === undefined) throw new Error("it does not list the dollar");
  if (others.length > 0) throw new Error("it lists the dollar twice");
  if (text === "" || text === "-") throw new Error("it does not quote the dollar");
  const rateMilliVnd = parseVndPerUsd(text);
  if (rateMilliVnd === null) throw new Error("its rate is no amount");
  return rateMilliVnd;
}
