import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextPeriod, type PaidChain } from "@/domain/time/next-period.ts";
import { addMonths, calendarMonth } from "@/domain/time/vietnam-time.ts";

fc.configureGlobal({ seed: 2_026 });

const at = (iso: string) => new Date(iso);
const shown = (period: ReturnType<typeof nextPeriod>) =>
  period && [period.kind, period.startsAt.toISOString(), period.endsAt.toISOString()];

const monthly = (anchor: string, months = 1): PaidChain => ({
  anchorAt: at(anchor),
  paidUntil: addMonths(at(anchor), months),
});

describe("the next budget period", () => {
  it.each([
    [
      "of somebody new is the calendar month",
      { now: "2026-11-21T02:00:00Z", paid: null, last: null },
      ["calendar", "2026-10-31T17:00:00.000Z", "2026-11-30T17:00:00.000Z"],
    ],
    [
      "after a calendar month is the next, from its first instant on",
      { now: "2026-11-30T17:00:00Z", paid: null, last: "2026-11-30T17:00:00Z" },
      ["calendar", "2026-11-30T17:00:00.000Z", "2026-12-31T17:00:00.000Z"],
    ],
    [
      "after months without a visit is the present calendar month, whole",
      { now: "2027-03-05T00:00:00Z", paid: null, last: "2026-11-30T17:00:00Z" },
      ["calendar", "2027-02-28T17:00:00.000Z", "2027-03-31T17:00:00.000Z"],
    ],
    [
      "after a lapse runs from the lapse to the end of the month",
      { now: "2026-12-20T00:00:00Z", paid: null, last: "2026-12-17T03:00:00Z" },
      ["calendar", "2026-12-17T03:00:00.000Z", "2026-12-31T17:00:00.000Z"],
    ],
    [
      "of a chain bought on the 17th runs to the 17th",
      { now: "2026-11-17T03:00:00Z", paid: monthly("2026-11-17T03:00:00Z"), last: null },
      ["cycle", "2026-11-17T03:00:00.000Z", "2026-12-17T03:00:00.000Z"],
    ],
    [
      "of a chain bought on the 31st is counted from the anchor, not from the shorter month before",
      {
        now: "2027-03-01T00:00:00Z",
        paid: monthly("2027-01-31T03:00:00Z", 12),
        last: "2027-02-28T03:00:00Z",
      },
      ["cycle", "2027-02-28T03:00:00.000Z", "2027-03-31T03:00:00.000Z"],
    ],
    [
      "of a chain that slept for two cycles is the present cycle alone",
      {
        now: "2027-04-10T00:00:00Z",
        paid: monthly("2027-01-31T03:00:00Z", 12),
        last: "2027-02-28T03:00:00Z",
      },
      ["cycle", "2027-03-31T03:00:00.000Z", "2027-04-30T03:00:00.000Z"],
    ],
    [
      "of a chain that begins inside another period waits for its end",
      {
        now: "2026-12-02T00:00:00Z",
        paid: monthly("2026-11-17T03:00:00Z"),
        last: "2026-11-30T17:00:00Z",
      },
      ["cycle", "2026-11-30T17:00:00.000Z", "2026-12-17T03:00:00.000Z"],
    ],
    [
      "never runs beyond what is paid for",
      {
        now: "2026-11-18T00:00:00Z",
        paid: { anchorAt: at("2026-11-17T03:00:00Z"), paidUntil: at("2026-11-20T00:00:00Z") },
        last: null,
      },
      ["cycle", "2026-11-17T03:00:00.000Z", "2026-11-20T00:00:00.000Z"],
    ],
    [
      "does not exist where the clock stepped back before the last one's end",
      { now: "2026-11-30T16:59:00Z", paid: null, last: "2026-12-31T17:00:00Z" },
      null,
    ],
  ])("%s", (_name, { now, paid, last }, expected) => {
    const lastEndsAt = last === null ? null : at(last);
    expect(shown(nextPeriod({ now: at(now), paid, lastEndsAt }))).toEqual(expected);
  });

  const instant = fc.date({
    min: at("2026-01-01T00:00:00Z"),
    max: at("2031-12-31T00:00:00Z"),
    noInvalidDate: true,
  });

  it("holds its instant, follows what was, ends where the rule says, and needs no second opening", () => {
    fc.assert(
      fc.property(
        instant,
        fc.option(fc.tuple(instant, fc.integer({ min: 1, max: 24 })), { nil: null }),
        fc.option(instant, { nil: null }),
        (now, bought, lastEndsAt) => {
          const chain =
            bought === null
              ? null
              : { anchorAt: bought[0], paidUntil: addMonths(bought[0], bought[1]) };
          const isPaid = chain !== null && chain.anchorAt <= now && chain.paidUntil > now;
          const paid = isPaid ? chain : null;
          const period = nextPeriod({ now, paid, lastEndsAt });
          if (period === null) {
            expect(lastEndsAt !== null && lastEndsAt > now).toBe(true);
            return;
          }
          expect(period.startsAt <= now && now < period.endsAt).toBe(true);
          expect(lastEndsAt === null || period.startsAt >= lastEndsAt).toBe(true);
          const ends = isPaid
            ? Array.from({ length: 24 }, (_, index) => addMonths(chain.anchorAt, index + 1))
            : [calendarMonth(now).endsAt];
          expect(ends.map(Number)).toContain(period.endsAt.getTime());
          const late = nextPeriod({ now: new Date(period.endsAt.getTime() - 1), paid, lastEndsAt });
          expect(late).toEqual(period);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
