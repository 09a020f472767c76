import { describe, expect, it } from "vitest";
import { parseOpenErApi } from "@/features/rates/parse-open-er-api.ts";
import { parseVietcombankJson } from "@/features/rates/parse-vietcombank-json.ts";
import { parseVietcombankXml } from "@/features/rates/parse-vietcombank-xml.ts";
import { rateSources } from "@/features/rates/rate-sources.ts";

/** The bank's own answer, as public clients keep it. */
const xmlOf = (dollar: string, dateTime = "9/2/2026 5:38:54 PM") => `
<!--For reference only. Only one request every 5 minutes!-->
<ExrateList><DateTime>${dateTime}</DateTime>
 <Exrate CurrencyCode="KWD" CurrencyName="KUWAITI DINAR       " Buy="" Transfer="" Sell="88,000.00" />
 ${dollar}
 <Source>Joint Stock Commercial Bank for Foreign Trade of Vietnam - Vietcombank</Source></ExrateList>`;
const dollar = (sell: string) =>
  `<Exrate CurrencyCode="USD" CurrencyName="US DOLLAR           " Buy="25,850.00" Transfer="25,880.00" Sell="${sell}" />`;

describe("Vietcombank's XML", () => {
  it("gives the selling rate of the dollar and when it was quoted, in Vietnam", () => {
    expect(parseVietcombankXml(xmlOf(dollar("26,260.00")))).toEqual({
      rateMilliVnd: 26_260_000n,
      quotedAt: new Date("2026-09-02T17:38:54+07:00"),
    });
  });

  it("reads a list of one currency, a byte order mark and a prolog", () => {
    const one = `\uFEFF<?xml version="1.0" encoding="utf-8"?><ExrateList><DateTime>12/31/2026 12:00:00 AM</DateTime>${dollar("26260")}</ExrateList>`;
    expect(parseVietcombankXml(one).quotedAt).toEqual(new Date("2026-12-31T00:00:00+07:00"));
  });

  it.each([
    ["9/2/2026 12:00:01 AM", "2026-09-02T00:00:01+07:00"],
    ["9/2/2026 12:00:01 PM", "2026-09-02T12:00:01+07:00"],
    ["11/21/2026 1:05:09 AM", "2026-11-21T01:05:09+07:00"],
  ])("reads %s as month, day and a 12-hour clock", (text, instant) => {
    const { quotedAt } = parseVietcombankXml(xmlOf(dollar("26,260.00"), text));
    expect(quotedAt).toEqual(new Date(instant));
  });

  it.each([
    ["a dash", xmlOf(dollar("-")), /does not quote/],
    ["nothing", xmlOf(dollar("")), /does not quote/],
    ["no dollar", xmlOf(""), /does not list/],
    ["two dollars that differ", xmlOf(dollar("26,260.00") + dollar("2,626.00")), /twice/],
    ["the other separators", xmlOf(dollar("26.260,00")), /no amount/],
    ["words", xmlOf(dollar("call us")), /no amount/],
    ["a thirteenth month", xmlOf(dollar("26,260.00"), "13/2/2026 5:38:54 PM"), /date/],
    ["a day that is not", xmlOf(dollar("26,260.00"), "2/30/2026 5:38:54 PM"), /date/],
    ["an hour that is not", xmlOf(dollar("26,260.00"), "2/3/2026 13:38:54 PM"), /date/],
    ["a page", "<html><body>Access denied</body></html>", /./],
    ["half a document", xmlOf(dollar("26,260.00")).slice(0, 260), /./],
    ["nothing at all", "", /./],
    ["JSON", '{"Data":[]}', /./],
  ])("refuses %s", (_name, body, why) => {
    expect(() => parseVietcombankXml(body)).toThrow(why);
  });

  it("does not expand entities of a document", () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "26,260.00">]>${xmlOf(dollar("&a;"))}`;
    expect(() => parseVietcombankXml(bomb)).toThrow();
  });
});

describe("Vietcombank's JSON", () => {
  const jsonOf = (sell: unknown) =>
    JSON.stringify({
      Count: 1,
      Date: "2026-09-02T00:00:00",
      Data: [
        { currencyCode: "AUD", currencyName: "AUD", cash: "1", transfer: "1", sell: "17000.00" },
        { currencyCode: "USD", currencyName: "US DOLLAR", cash: "26100.00", transfer: "-", sell },
      ],
    });

  it("gives the selling rate of the dollar", () => {
    expect(parseVietcombankJson(jsonOf("26400.00"))).toEqual({
      rateMilliVnd: 26_400_000n,
      quotedAt: null,
    });
  });

  it.each([
    ["a dash", jsonOf("-")],
    ["an empty text", jsonOf("")],
    ["a number", jsonOf(26_400)],
    ["null", jsonOf(null)],
    ["no rows", '{"Count":0,"Data":[]}'],
    ["no document", "null"],
    ["a page", "<html>"],
  ])("refuses %s", (_name, body) => {
    expect(() => parseVietcombankJson(body)).toThrow();
  });
});

describe("ExchangeRate-API", () => {
  const bodyOf = (rate: string, base = "USD", result = "success") =>
    `{"result":"${result}","base_code":"${base}","time_last_update_unix":1793491200,"rates":{"USD":1,"VND":${rate}}}`;

  it("gives the digits that stand there, to the nearest thousandth of a đồng", () => {
    expect(parseOpenErApi(bodyOf("26007.437228"))).toEqual({
      rateMilliVnd: 26_007_437n,
      quotedAt: new Date("2026-11-01T00:00:00Z"),
    });
    expect(parseOpenErApi(bodyOf("26007")).rateMilliVnd).toBe(26_007_000n);
  });

  it.each([
    ["another base", bodyOf("26007.4", "EUR")],
    ["an error", bodyOf("26007.4", "USD", "error")],
    ["a text", bodyOf('"26007.4"')],
    ["a rate below nothing", bodyOf("-26007.4")],
    ["a rate beyond counting", bodyOf("1e300")],
    ["no VND", '{"result":"success","base_code":"USD","time_last_update_unix":1,"rates":{}}'],
  ])("refuses %s", (_name, body) => {
    expect(() => parseOpenErApi(body)).toThrow();
  });
});

it("asks the bank first, for the day it is in Vietnam", () => {
  expect(rateSources.map((source) => source.id)).toEqual([
    "vietcombank-xml",
    "vietcombank-json",
    "open-er-api",
  ]);
  const address = rateSources[1]?.addressAt(new Date("2026-11-20T17:00:00Z"));
  expect(address).toMatch(/\?date=2026-11-21$/);
});
