import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { readQuotedRate } from "./read-quoted-rate.ts";
import type { RateQuote } from "./schema.ts";

const document = z.object({
  ExrateList: z.object({
    DateTime: z.string(),
    Exrate: z.array(z.object({ CurrencyCode: z.string(), Sell: z.string() })).min(1),
  }),
});

/** Values are attributes and stay text: a number of the parser's would be a float. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false,
  parseTagValue: false,
  processEntities: false,
  isArray: (name) => name === "Exrate",
});

/**
 * Vietcombank's XML of the day: the rate at which the bank sells dollars, which is what our dollars
 * cost us.
 * @throws Error for anything but a document that quotes the dollar.
 */
export function parseVietcombankXml(body: string): RateQuote {
  const parsed: unknown = parser.parse(body);
  const list = document.parse(parsed).ExrateList;
  const dollars = list.Exrate.filter((row) => row.CurrencyCode.trim() === "USD");
  return {
    rateMilliVnd: readQuotedRate(dollars.map((row) => row.Sell)),
    quotedAt: readVietnamTime(list.DateTime),
  };
}

/** `9/2/2026 5:38:54 PM`: month, day, year and a 12-hour clock, in Vietnam. */
function readVietnamTime(text: string): Date {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) (AM|PM)$/.exec(
    text.trim(),
  );
  if (match === null) throw new Error("its date is not month/day/year with a 12-hour clock");
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const hour24 = (hour % 12) + (match[7] === "PM" ? 12 : 0);
  const two = (value: number) => String(value).padStart(2, "0");
  const local = `${year}-${two(month)}-${two(day)}T${two(hour24)}:${two(minute)}:${two(second)}`;
  const at = new Date(`${local}+07:00`);
  const isReal =
    hour >= 1 &&
    hour <= 12 &&
    !Number.isNaN(at.getTime()) &&
    // A day the month lacks would roll over into the next.
    new Date(at.getTime() + 7 * 3_600_000).toISOString().startsWith(local);
  if (!isReal) throw new Error("its date does not exist");
  return at;
}
