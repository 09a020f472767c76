import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { learnProfiles } from "@/features/routing/learn-profiles.ts";
import { readProfiles, type Profiles } from "@/features/routing/profile-documents.ts";
import { logAnswers, type LoggedAnswer } from "../factories/past-answers.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";
import { lastDecision } from "../support/stored-facts.ts";
import { freezeClock, setClock } from "../support/test-database.ts";
import { until } from "../support/until.ts";
import { policy } from "../unit/routing/turn-fixture.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** Friday 20 November 2026, noon in Vietnam. */
const NOW = new Date("2026-11-20T05:00:00Z");
const ago = (ms: number) => new Date(NOW.getTime() - ms);

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ isBalanced: false });
  await freezeClock(app.database.sql, NOW);
});

afterAll(() => app.stop());

/** What is known of somebody who had these answers. */
async function learned(
  answers: readonly LoggedAnswer[],
): Promise<{ readonly person: Person; readonly profiles: Profiles }> {
  const person = await makeCustomer(app.database);
  if (answers.length > 0) await logAnswers(app.database, person, answers);
  await learnProfiles(app.database.db, person, policy);
  return { person, profiles: await profilesOf(person) };
}

async function profilesOf({ orgId, userId }: Person): Promise<Profiles> {
  const { sql } = app.database;
  const [demand] = await sql`select demand from demand_profiles where org_id = ${orgId}`;
  const [output] = await sql`
    select factors from output_profiles where org_id = ${orgId} and user_id = ${userId}`;
  return readProfiles({ demand: demand?.["demand"], output: output?.["factors"] });
}

/** Twice at 09:30 in Vietnam on each of the working days of eight weeks. */
const workingMornings = Array.from({ length: 56 }, (_, day) => {
  const at = new Date(new Date("2026-11-20T02:30:00Z").getTime() - day * DAY_MS);
  return at.getUTCDay() >= 1 && at.getUTCDay() <= 5 ? [{ at }, { at }] : [];
}).flat();

describe("the demand of an organisation", () => {
  it.each(["UTC", "America/Los_Angeles", "Asia/Ho_Chi_Minh"])(
    "has its rhythm by weekday and hour of Vietnam, whatever the zone of the machine: %s",
    async (zone) => {
      const before = process.env["TZ"];
      process.env["TZ"] = zone;
      try {
        const { profiles } = await learned(workingMornings);
        const rhythm = profiles.demand?.rhythm ?? [];
        expect(rhythm).toHaveLength(168);
        expect(rhythm.reduce((sum, hour) => sum + hour, 0) / 168).toBeCloseTo(1, 4);
        const busiest = rhythm.indexOf(Math.max(...rhythm));
        expect([busiest % 24, Math.floor(busiest / 24) < 5]).toEqual([9, true]);
        const [monday = 0, sunday = 0] = [rhythm[9], rhythm[6 * 24 + 9]];
        expect(monday).toBeGreaterThan(2 * sunday);
        expect(rhythm[2]).toBeLessThan(1);
      } finally {
        if (before === undefined) delete process.env["TZ"];
        else process.env["TZ"] = before;
      }
    },
  );

  it("is flat where little is known", async () => {
    const { profiles } = await learned([{ at: ago(HOUR_MS) }]);
    for (const hour of profiles.demand?.rhythm ?? []) expect(Math.abs(hour - 1)).toBeLessThan(0.35);
  });

  it("counts a question half as much each week, and the time it was seen in too", async () => {
    const one = { at: ago(HOUR_MS) };
    const older = { at: ago(HOUR_MS + WEEK_MS) };
    const recent = await learned(Array.from({ length: 8 }, () => one));
    const past = await learned(Array.from({ length: 8 }, () => older));
    const seen = recent.profiles.demand?.questionsSeen ?? 0;
    expect(seen).toBeCloseTo(8 * 2 ** (-1 / 168), 4);
    expect(past.profiles.demand?.questionsSeen).toBeCloseTo(seen / 2, 4);
    // From the midnight of the first question: 12 hours, and a week more.
    const weeks = (days: number) => (1 - 2 ** (-days / 7)) / Math.LN2;
    expect(recent.profiles.demand?.weeksSeen).toBeCloseTo(weeks(0.5), 4);
    expect(past.profiles.demand?.weeksSeen).toBeCloseTo(weeks(7.5), 4);
  });

  it("looks eight weeks back, and knows when there was more before", async () => {
    const { profiles } = await learned([{ at: ago(HOUR_MS) }, { at: ago(20 * WEEK_MS) }]);
    expect(profiles.demand?.recent).toHaveLength(1);
    expect(profiles.demand?.weeksSeen).toBeCloseTo((1 - 2 ** -8) / Math.LN2, 4);
  });

  it("keeps the newest 32 questions, newest first, as numbers", async () => {
    const answers = Array.from({ length: 40 }, (_, index) => ({
      at: ago((index + 1) * HOUR_MS),
      score: index / 100,
      inputTokens: 100 + index,
      category: "code",
    }));
    const { profiles } = await learned(answers);
    expect(profiles.demand?.recent).toHaveLength(32);
    expect(profiles.demand?.recent[0]).toEqual({ score: 0, category: "code", inputTokens: 100 });
    expect(profiles.demand?.recent.at(-1)).toMatchObject({ score: 0.31, inputTokens: 131 });
  });
});

describe("the length of a person's answers", () => {
  const answersOf = (outputTokens: number, parts: Partial<LoggedAnswer> = {}) =>
    Array.from({ length: 20 }, (_, index) => ({
      ...{ at: ago((index + 1) * HOUR_MS), category: "code", score: 0.2, outputTokens },
      ...parts,
    }));

  it("raises the factor of its category where they are long, and of no other", async () => {
    const { profiles } = await learned(answersOf(750));
    // 20 of three times 250 tokens, and 5 as expected.
    expect(profiles.output?.byCategory).toEqual({ code: { factor: 2.6, answers: 20 } });
  });

  it("lowers it where they are short, and never leaves [0.25, 4]", async () => {
    const { profiles: short } = await learned(answersOf(1));
    expect(short.output?.byCategory.code?.factor).toBe(0.25);
    const { profiles: runaway } = await learned(answersOf(100_000));
    expect(runaway.output?.byCategory.code?.factor).toBe(3.4);
  });

  it("is not told by answers that were stopped", async () => {
    const { profiles } = await learned(answersOf(5_000, { outcome: "interrupted" }));
    expect(profiles.output?.byCategory).toEqual({});
  });

  it("is each person's own", async () => {
    const { person, profiles } = await learned(answersOf(750));
    const other = await makeCustomer(app.database);
    await learnProfiles(app.database.db, { ...person, userId: other.userId }, policy);
    const stranger = await profilesOf({ ...person, userId: other.userId });
    expect(profiles.output?.byCategory.code?.factor).toBe(2.6);
    expect(stranger.output?.byCategory).toEqual({});
  });
});

describe("a message", () => {
  const code = "Write a Python function that sorts a list of numbers.";
  const send = async (person: Person, text = code) => readAnswer(await chat(person, { text }));

  it("of somebody new rests on no knowledge at all, and teaches for the next", async () => {
    const person = await makeCustomer(app.database);
    await send(person);
    const { facts } = await lastDecision(app.database, person.orgId);
    expect(facts).toMatchObject({ outputFactor: 1, warmCache: null });
    expect(facts.demand).toMatchObject({ questionsSeen: 0, weeksSeen: 0, recent: [] });
    const leftMs = facts.pacing.endsAtMs - NOW.getTime();
    expect(facts.demand?.weeksLeft).toBeCloseTo(leftMs / WEEK_MS, 4);
    const profiles = await until(async () => {
      const found = await profilesOf(person);
      return found.output === null ? null : found;
    });
    expect(profiles.demand).toMatchObject({ questionsSeen: 1, questionsToday: 1 });
    await freezeClock(app.database.sql, new Date(NOW.getTime() + 1_000));
    await send(person);
    await freezeClock(app.database.sql, NOW);
    const second = await lastDecision(app.database, person.orgId);
    expect(second.facts.demand?.questionsSeen).toBeCloseTo(1, 4);
    expect(second.facts.demand?.recent).toHaveLength(1);
  });

  it("carries what was learned, and today's questions since", async () => {
    const long = { category: "code", outputTokens: 750 };
    const past = workingMornings.map((one) => ({ ...one, ...long }));
    const { person, profiles } = await learned(past);
    const { sql } = app.database;
    await sql`update output_profiles set factors = jsonb_set(factors, '{policyVersion}',
                (select to_jsonb(version) from routing_policies
                  where not is_shadow and active_from <= app_now() order by active_from desc limit 1))
               where org_id = ${person.orgId}`;
    await sql`insert into daily_counters (scope, subject_id, day, messages)
              values ('org', ${person.orgId}, '2026-11-20', 5)`;
    await send(person);
    const { facts } = await lastDecision(app.database, person.orgId);
    expect(facts.complexity.category).toBe("code");
    expect(facts.outputFactor).toBeGreaterThan(2);
    const { questionsSeen = 0, rhythm = [] } = profiles.demand ?? {};
    // Two of today's five were there when it was learned.
    expect(facts.demand?.questionsSeen).toBeCloseTo(questionsSeen + 3, 4);
    expect(facts.demand?.recent).toHaveLength(32);
    expect(rhythm).toHaveLength(168);
  });

  it("learns anew after an hour, not before", async () => {
    const person = await makeCustomer(app.database);
    const learnedAt = async () => (await profilesOf(person)).output?.learnedAtMs ?? null;
    try {
      await send(person);
      const first = await until(learnedAt);
      await freezeClock(app.database.sql, new Date(NOW.getTime() + 59 * 60_000));
      await send(person);
      await freezeClock(app.database.sql, new Date(NOW.getTime() + 61 * 60_000));
      await send(person);
      const second = await until(async () => {
        const at = await learnedAt();
        return at === first ? null : at;
      });
      expect(second - first).toBe(61 * 60_000);
    } finally {
      await freezeClock(app.database.sql, NOW);
    }
  });

  it("is answered while learning waits for a lock", async () => {
    const person = await makeCustomer(app.database);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const locked = app.database.sql.begin(async (tx) => {
      await tx`lock table demand_profiles in exclusive mode`;
      await released;
    });
    const answer = await send(person);
    expect([answer.isDone, answer.receipt?.state]).toEqual([true, "complete"]);
    expect((await profilesOf(person)).demand).toBeNull();
    release();
    await locked;
    await until(async () => (await profilesOf(person)).demand);
  });

  it("is answered where learning fails, and the next one teaches", async () => {
    const person = await makeCustomer(app.database);
    const { sql } = app.database;
    await sql.unsafe(`
      create function break_learning() returns trigger language plpgsql as $$
      begin raise exception 'no disk'; end $$;
      create trigger break_learning before insert on demand_profiles execute function break_learning()`);
    const answer = await send(person);
    expect([answer.isDone, answer.receipt?.state]).toEqual([true, "complete"]);
    await sql`drop trigger break_learning on demand_profiles`;
    await setClock(sql, null);
    await until(async () => {
      await send(person);
      return (await profilesOf(person)).demand;
    });
    await freezeClock(sql, NOW);
  });

  it("rests on no knowledge where what is stored cannot be read", async () => {
    const { person } = await learned([{ at: ago(HOUR_MS) }]);
    await app.database.sql`
      update demand_profiles set demand = '{"rhythm": "wild"}' where org_id = ${person.orgId}`;
    await send(person);
    const { facts } = await lastDecision(app.database, person.orgId);
    expect(facts.demand).toMatchObject({ questionsSeen: 0, weeksSeen: 0 });
    await until(async () => (await profilesOf(person)).demand);
  });
});
