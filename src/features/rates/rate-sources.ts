import { dayOf } from "@/domain/time/vietnam-time.ts";
import { parseOpenErApi } from "./parse-open-er-api.ts";
import { parseVietcombankJson } from "./parse-vietcombank-json.ts";
import { parseVietcombankXml } from "./parse-vietcombank-xml.ts";
import type { RateQuote } from "./schema.ts";

export type RateSource = {
  /** Stands in `exchange_rates.source`. */
  readonly id: "vietcombank-xml" | "vietcombank-json" | "open-er-api";
  readonly addressAt: (now: Date) => string;
  /** @throws Error for a body that quotes no rate. */
  readonly parse: (body: string) => RateQuote;
};

/** Where the dollar's price is read, in the order of trust: the first that answers decides. */
export const rateSources: readonly RateSource[] = [
  {
    id: "vietcombank-xml",
    addressAt: () => "https://portal.vietcombank.com.vn/Usercontrols/TVPortal.TyGia/pXML.aspx?b=10",
    parse: parseVietcombankXml,
  },
  {
    id: "vietcombank-json",
    addressAt: (now) => `https://www.vietcombank.com.vn/api/exchangerates?date=${dayOf(now)}`,
    parse: parseVietcombankJson,
  },
  {
    id: "open-er-api",
    addressAt: () => "https://open.er-api.com/v6/latest/USD",
    parse: parseOpenErApi,
  },
];
