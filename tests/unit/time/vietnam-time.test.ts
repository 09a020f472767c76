import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addMonths,
  calendarMonth,
  cycleAt,
  dayOf,
  hourOfWeek,
  monthOf,
  nextMidnight,
  startOfDay,
} from "@/domain/time/vietnam-time.ts";

fc.configureGlobal({ seed: 2_026 });

const at = (iso: string) => new Date(iso);
const instant = fc.date({
  min: at("2000-01-01T00:00:00Z"),
  max: at("2099-12-31T00:00:00Z"),
  noInvalidDate: true,
});

const localFields = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Ho_Chi_Minh",
  dateStyle: "short",
  timeStyle: "medium",
});
/** Vietnamese wall clock by the platform's time-zone data: the independent judge. */
const wallClock = (date: Date) => localFields.format(date);

describe("the calendar month", () => {
  it.each([
    ["2026-10-31T16:59:59.999Z", "2026-10", "2026-10-31"],
    ["2026-10-31T17:00:00.000Z", "2026-11", "2026-11-01"],
    ["2026-11-30T16:59:59.999Z", "2026-11", "2026-11-30"],
    ["2026-11-30T17:00:00.000Z", "2026-12", "2026-12-01"],
    ["2026-12-31T16:59:59.999Z", "2026-12", "2026-12-31"],
    ["2026-12-31T17:00:00.000Z", "2027-01", "2027-01-01"],
    ["2028-02-28T17:00:00.000Z", "2028-02", "2028-02-29"],
    ["2027-02-28T17:00:00.000Z", "2027-03", "2027-03-01"],
  ])("of %s is %s, its day %s", (iso, month, day) => {
    expect([monthOf(at(iso)), dayOf(at(iso))]).toEqual([month, day]);
  });

  it.each([
    ["2026-11-30T16:59:59.999Z", "2026-10-31T17:00:00.000Z", "2026-11-30T17:00:00.000Z"],
    ["2026-11-30T17:00:00.000Z", "2026-11-30T17:00:00.000Z", "2026-12-31T17:00:00.000Z"],
    ["2028-02-10T00:00:00.000Z", "2028-01-31T17:00:00.000Z", "2028-02-29T17:00:00.000Z"],
    ["2100-02-10T00:00:00.000Z", "2100-01-31T17:00:00.000Z", "2100-02-28T17:00:00.000Z"],
  ])("of %s runs from %s up to %s", (iso, startsAt, endsAt) => {
    expect(calendarMonth(at(iso))).toEqual({ startsAt: at(startsAt), endsAt: at(endsAt) });
  });

  it("holds its instant, starts and ends at local midnight, and the next follows without a gap", () => {
    fc.assert(
      fc.property(instant, (date) => {
        const { startsAt, endsAt } = calendarMonth(date);
        expect(startsAt <= date && date < endsAt).toBe(true);
        expect(wallClock(startsAt)).toBe(`${monthOf(date)}-01 00:00:00`);
        expect(calendarMonth(endsAt).startsAt).toEqual(endsAt);
        expect(monthOf(new Date(endsAt.getTime() - 1))).toBe(monthOf(date));
      }),
    );
  });
});

describe("the day", () => {
  it("is the one on a wall clock in Vietnam", () => {
    fc.assert(fc.property(instant, (date) => dayOf(date) === wallClock(date).slice(0, 10)));
  });

  it("ends at the next local midnight, which belongs to the next day", () => {
    expect(nextMidnight(at("2026-11-21T16:59:59.999Z"))).toEqual(at("2026-11-21T17:00:00Z"));
    expect(nextMidnight(at("2026-11-21T17:00:00.000Z"))).toEqual(at("2026-11-22T17:00:00Z"));
    fc.assert(
      fc.property(instant, (date) => {
        const midnight = nextMidnight(date);
        expect(wallClock(midnight).slice(11)).toBe("00:00:00");
        expect(dayOf(new Date(midnight.getTime() - 1))).toBe(dayOf(date));
        expect(dayOf(midnight) > dayOf(date)).toBe(true);
      }),
    );
  });
});

describe("months after an anchor", () => {
  it.each([
    ["the 31st into February", "2027-01-31T03:00:00Z", 1, "2027-02-28T03:00:00Z"],
    ["the 31st into a leap February", "2028-01-31T03:00:00Z", 1, "2028-02-29T03:00:00Z"],
    ["the 30th into February", "2027-01-30T03:00:00Z", 1, "2027-02-28T03:00:00Z"],
    ["the 29th into February", "2027-01-29T03:00:00Z", 1, "2027-02-28T03:00:00Z"],
    ["the 29th into a leap February", "2028-01-29T03:00:00Z", 1, "2028-02-29T03:00:00Z"],
    ["the 31st into April", "2026-03-31T03:00:00Z", 1, "2026-04-30T03:00:00Z"],
    ["back to the 31st after a short month", "2026-01-31T03:00:00Z", 2, "2026-03-31T03:00:00Z"],
    ["over the end of a year", "2026-11-15T03:00:00Z", 3, "2027-02-15T03:00:00Z"],
    ["a leap day by a year", "2028-02-29T03:00:00Z", 12, "2029-02-28T03:00:00Z"],
    ["a leap day by four years", "2028-02-29T03:00:00Z", 48, "2032-02-29T03:00:00Z"],
    ["by the local day, not the UTC one", "2026-01-30T18:00:00Z", 1, "2026-02-27T18:00:00Z"],
    ["nothing at all", "2026-01-31T16:59:59.999Z", 0, "2026-01-31T16:59:59.999Z"],
  ])("carry %s", (_name, anchor, count, result) => {
    expect(addMonths(at(anchor), count)).toEqual(at(result));
  });

  it("keep the local time of day and the day, or take the last one of a shorter month", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 60 }), (anchor, count) => {
        const moved = addMonths(anchor, count);
        const day = Number(dayOf(anchor).slice(8));
        const lastDay = Number(dayOf(new Date(calendarMonth(moved).endsAt.getTime() - 1)).slice(8));
        expect(wallClock(moved).slice(11)).toBe(wallClock(anchor).slice(11));
        expect(moved.getUTCMilliseconds()).toBe(anchor.getUTCMilliseconds());
        expect(Number(dayOf(moved).slice(8))).toBe(Math.min(day, lastDay));
        const months = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
        expect(months(monthOf(moved)) - months(monthOf(anchor))).toBe(count);
      }),
    );
  });
});

describe("the cycle", () => {
  it.each([
    [
      "2026-01-31T03:00:00Z",
      "2026-01-31T03:00:00Z",
      "2026-01-31T03:00:00Z",
      "2026-02-28T03:00:00Z",
    ],
    [
      "2026-01-31T03:00:00Z",
      "2026-02-28T02:59:59Z",
      "2026-01-31T03:00:00Z",
      "2026-02-28T03:00:00Z",
    ],
    [
      "2026-01-31T03:00:00Z",
      "2026-02-28T03:00:00Z",
      "2026-02-28T03:00:00Z",
      "2026-03-31T03:00:00Z",
    ],
    [
      "2026-01-31T03:00:00Z",
      "2027-01-31T03:00:00Z",
      "2027-01-31T03:00:00Z",
      "2027-02-28T03:00:00Z",
    ],
  ])("anchored at %s holding %s runs from %s up to %s", (anchor, now, startsAt, endsAt) => {
    expect(cycleAt(at(anchor), at(now))).toEqual({ startsAt: at(startsAt), endsAt: at(endsAt) });
  });

  it("follows the one before without gap or overlap, and the n-th ends n months after the anchor", () => {
    fc.assert(
      fc.property(instant, (anchor) => {
        let startsAt = anchor;
        for (let count = 1; count <= 26; count += 1) {
          const cycle = cycleAt(anchor, startsAt);
          expect(cycle).toEqual({ startsAt, endsAt: addMonths(anchor, count) });
          expect(cycle.endsAt > cycle.startsAt).toBe(true);
          expect(cycleAt(anchor, new Date(cycle.endsAt.getTime() - 1))).toEqual(cycle);
          startsAt = cycle.endsAt;
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("the time zone of the process", () => {
  const probe = `
    import { addMonths, calendarMonth, dayOf, nextMidnight } from "./src/domain/time/vietnam-time.ts";
    const dates = ["2026-10-31T16:59:59Z", "2026-10-31T17:00:00Z", "2026-03-29T01:30:00Z", "2028-01-31T20:00:00Z"]
      .map((iso) => new Date(iso));
    console.log(JSON.stringify([new Date(2026, 0, 1).getTime(), dates.map((date) =>
      [dayOf(date), calendarMonth(date), nextMidnight(date), addMonths(date, 1)])]));`;
  const answerIn = (timeZone: string): [number, unknown] =>
    JSON.parse(
      execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", probe], {
        env: { ...process.env, TZ: timeZone },
        encoding: "utf8",
      }),
    );

  it("changes nothing", { timeout: 60_000 }, () => {
    const zones = ["UTC", "America/New_York", "Asia/Ho_Chi_Minh"].map(answerIn);
    expect(new Set(zones.map(([localNewYear]) => localNewYear)).size).toBe(3);
    expect(new Set(zones.map(([, answer]) => JSON.stringify(answer))).size).toBe(1);
  });
});

describe("the hour of the week", () => {
  it.each([
    ["2026-11-15T16:59:59.999Z", 167],
    ["2026-11-15T17:00:00.000Z", 0],
    ["2026-11-20T02:30:00.000Z", 4 * 24 + 9],
    ["1969-12-31T17:00:00.000Z", 3 * 24],
    ["1969-12-28T16:59:59.999Z", 167],
  ])("of %s is %i, counted from Monday", (iso, hour) => {
    expect(hourOfWeek(at(iso))).toBe(hour);
  });

  it("is the wall clock's, and a day begins where its first hour does", () => {
    fc.assert(
      fc.property(instant, (date) => {
        const [day = "", time = ""] = wallClock(date).split(" ");
        const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
        expect(hourOfWeek(date)).toBe(weekday * 24 + Number(time.slice(0, 2)));
        expect(wallClock(startOfDay(date))).toBe(`${day} 00:00:00`);
      }),
    );
  });
});
