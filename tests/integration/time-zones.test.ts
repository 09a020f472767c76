import { beforeAll, describe, expect, it } from "vitest";
import { walkInProcess, type Walk, type Walked } from "../support/clock-walk.ts";

/** What the process's clock on the wall shows; the product's is Vietnam's, whatever this is. */
const ZONES = ["UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles"] as const;

const YEARLY = "starter-yearly";

/** A year bought on the last days of January, at hours that are other days elsewhere. */
const people = [
  { name: "29th", from: "2027-01-29T00:30:00.000+07:00", planId: YEARLY },
  { name: "30th", from: "2027-01-30T23:59:59.000+07:00", planId: YEARLY },
  { name: "31st", from: "2027-01-31T12:00:00.000+07:00", planId: YEARLY },
  { name: "free", from: "2027-01-29T00:30:00.000+07:00", planId: null },
] as const;

/**
 * Wall-clock arithmetic of Vietnam on texts alone: the n-th end is the anchor's day, or the last
 * day the month has. No code of the product, no time zone of the process.
 */
function cycleEnd(anchor: string, count: number): string {
  const [, year = "", month = "", day = "", time = ""] =
    /^(\d+)-(\d+)-(\d+)T(.*)$/.exec(anchor) ?? [];
  const months = Number(year) * 12 + Number(month) - 1 + count;
  const [toYear, toMonth] = [Math.floor(months / 12), (months % 12) + 1];
  const isLeap = toYear % 4 === 0 && (toYear % 100 !== 0 || toYear % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][toMonth - 1] ?? 0;
  const two = (value: number) => String(value).padStart(2, "0");
  return `${toYear}-${two(toMonth)}-${two(Math.min(Number(day), days))}T${time}`;
}

const monthEnd = (month: string) => cycleEnd(`${month}-01T00:00:00.000+07:00`, 1);
const utc = (text: string) => new Date(text).toISOString();
const before = (text: string) => new Date(Date.parse(text) - 1).toISOString();
const counts = Array.from({ length: 12 }, (_, index) => index);

type Expected = { readonly startsAt: string; readonly endsAt: string; readonly kind: string };

/** Every period a person must have had in the year and the month after it. */
function expectedPeriods({ from, planId }: (typeof people)[number]): Expected[] {
  if (planId === null) {
    return [...counts, 12].map((count) => {
      const startsAt = cycleEnd("2027-01-01T00:00:00.000+07:00", count);
      return { kind: "calendar", startsAt: utc(startsAt), endsAt: utc(cycleEnd(startsAt, 1)) };
    });
  }
  const cycles = counts.map((count) => ({
    kind: "cycle",
    startsAt: utc(cycleEnd(from, count)),
    endsAt: utc(cycleEnd(from, count + 1)),
  }));
  const lapse = utc(cycleEnd(from, 12));
  const rest = { kind: "calendar", startsAt: lapse, endsAt: utc(monthEnd("2028-01")) };
  return [...cycles, rest];
}

/** A question at the first and at the last millisecond of every period. */
const steps = people.flatMap((person) =>
  expectedPeriods(person)
    .flatMap(({ startsAt, endsAt }) => [startsAt, before(endsAt)])
    .filter((at) => Date.parse(at) >= Date.parse(person.from))
    .map((at) => ({ who: person.name, at })),
);
const walk: Walk = { people: people.map((one) => ({ ...one, from: utc(one.from) })), steps };

/** The year's figures by the rule above and counting alone. */
function golden(costMicroVnd: bigint) {
  const local = (at: string) => new Date(Date.parse(at) + 7 * 3_600_000).toISOString();
  const tally = (who: string, keyOf: (at: string) => string) => {
    const found: Record<string, number> = {};
    for (const { at } of steps.filter((step) => step.who === who)) {
      found[keyOf(at)] = (found[keyOf(at)] ?? 0) + 1;
    }
    return found;
  };
  return Object.fromEntries(
    people.map((person) => [
      person.name,
      {
        periods: expectedPeriods(person).map((period) => ({
          ...period,
          used: (
            costMicroVnd *
            BigInt(
              steps.filter(
                ({ who, at }) => who === person.name && at >= period.startsAt && at < period.endsAt,
              ).length,
            )
          ).toString(),
        })),
        months: Object.fromEntries(
          Object.entries(tally(person.name, (at) => local(at).slice(0, 7))).map(
            ([month, count]) => [month, (costMicroVnd * BigInt(count)).toString()],
          ),
        ),
        days: tally(person.name, (at) => local(at).slice(0, 10)),
      },
    ]),
  );
}

let walks: readonly Walked[];

beforeAll(async () => {
  walks = await Promise.all(ZONES.map((zone) => walkInProcess(walk, { TZ: zone })));
}, 120_000);

describe("a year of periods, sums and reset dates", () => {
  it("is one and the same in every time zone of the server", () => {
    expect(new Set(walks.map((one) => one.localNewYear)).size).toBe(ZONES.length);
    const [first, ...others] = walks.map(
      ({ localNewYear: _zone, dateAheadMs: _ahead, durations: _ms, ...books }) => books,
    );
    for (const other of others) expect(other).toEqual(first);
  });

  it("is what wall-clock arithmetic and counting give", () => {
    for (const one of walks) {
      expect(BigInt(one.costMicroVnd)).toBeGreaterThan(0n);
      const expected = golden(BigInt(one.costMicroVnd));
      for (const { name } of people) {
        const periods = one.periods[name]?.map(({ kind, startsAt, endsAt, used }) => ({
          ...{ kind, startsAt, endsAt, used },
        }));
        expect(periods).toEqual(expected[name]?.periods);
        expect(one.months[name]).toEqual(expected[name]?.months);
        expect(one.days[name]).toEqual(expected[name]?.days);
      }
    }
  });

  it("shows the reset date at which the next period begins, and gives each its plan's limit", () => {
    for (const one of walks) {
      for (const { who, at, resetsAt } of one.shown) {
        const periods = one.periods[who] ?? [];
        const holding = periods.filter((period) => period.startsAt <= at && at < period.endsAt);
        expect(holding.map((period) => period.endsAt)).toEqual([resetsAt]);
      }
      const limits = Object.values(one.periods).flat();
      for (const { kind, plan, limit } of limits) {
        // 290,000 ₫ a year are 24,166.666666 ₫ a cycle, rounded down.
        expect([kind, plan, limit]).toEqual(
          kind === "cycle" ? ["cycle", YEARLY, "24166666666"] : ["calendar", "free", "5000000000"],
        );
      }
    }
  });
});
