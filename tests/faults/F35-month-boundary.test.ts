import { beforeAll, describe, expect, it } from "vitest";
import { walkInProcess, type Walk, type Walked } from "../support/clock-walk.ts";

/** The zones a server may stand in: UTC, +7 and -8 (November, no daylight saving). */
const ZONES = ["UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles"] as const;

const FIRST = "2026-11-29T17:00:00.000Z";
const LAST = "2026-11-30T16:59:59.000Z";
const LAST_MILLISECOND = "2026-11-30T16:59:59.999Z";
const NEXT = "2026-11-30T17:00:00.000Z";
/** The month's end in UTC, which is no boundary of ours. */
const UTC_LAST = "2026-11-30T23:59:59.000Z";
const UTC_NEXT = "2026-12-01T00:00:00.000Z";

const steps = [FIRST, LAST, LAST_MILLISECOND, NEXT, UTC_LAST, UTC_NEXT];
const walk: Walk = {
  people: [{ name: "an", from: FIRST, planId: null }],
  steps: steps.map((at) => ({ who: "an", at })),
};

let walks: readonly Walked[];

beforeAll(async () => {
  walks = await Promise.all(ZONES.map((zone) => walkInProcess(walk, { TZ: zone })));
});

describe("F35 questions around local midnight of the last day", () => {
  it("fall on both sides of 17:00 UTC: period, month, day and limit alike", () => {
    for (const { periods, months, days, costMicroVnd } of walks) {
      const three = (BigInt(costMicroVnd) * 3n).toString();
      const free = { kind: "calendar", plan: "free", limit: "5000000000", used: three };
      expect(periods["an"]).toEqual([
        {
          ...free,
          startsAt: "2026-10-31T17:00:00.000Z",
          endsAt: NEXT,
          isClosed: expect.any(Boolean),
        },
        { ...free, startsAt: NEXT, endsAt: "2026-12-31T17:00:00.000Z", isClosed: false },
      ]);
      expect(months["an"]).toEqual({ "2026-11": three, "2026-12": three });
      expect(days["an"]).toEqual({ "2026-11-30": 3, "2026-12-01": 3 });
    }
  });

  it("show the same boundary on the screen: reset date, used, month and messages of the day", () => {
    for (const { shown, costMicroVnd } of walks) {
      const spent = (count: number) => (BigInt(costMicroVnd) * BigInt(count)).toString();
      const november = { resetsAt: NEXT, month: "2026-11" };
      const december = { resetsAt: "2026-12-31T17:00:00.000Z", month: "2026-12" };
      expect(shown).toEqual(
        steps.map((at, index) => {
          const count = (index % 3) + 1;
          const month = index < 3 ? november : december;
          const counts = { monthQueries: count, messagesToday: count, used: spent(count) };
          return { who: "an", at, ...month, ...counts };
        }),
      );
    }
  });

  it("give equal books whatever the server's time zone is", () => {
    expect(new Set(walks.map((one) => one.localNewYear)).size).toBe(ZONES.length);
    const [first, ...others] = walks.map(({ periods, months, days, shown, holdMinutes }) => ({
      ...{ periods, months, days, shown, holdMinutes },
    }));
    for (const other of others) expect(other).toEqual(first);
  });
});
