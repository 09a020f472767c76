import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors.ts";
import { sendMessageInput } from "@/features/chat/schema.ts";
import { sendMessage } from "@/features/chat/send-message.ts";
import { closeDb, makeDb, type Db } from "@/server/db/client.ts";
import { chat, chatJson, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { makeFixedHold, type FixedHold } from "../support/fixed-hold.ts";
import { consultOracle } from "../support/oracle.ts";
import { untilQuiet } from "../support/quiescence.ts";
import { samplePeriod } from "../support/sample-period.ts";
import { makeTeam, type Member, type Team } from "../support/team.ts";
import { until } from "../support/until.ts";

let app: AppUnderTest;
let pools: readonly Db[];
let fixed: FixedHold;

beforeAll(async () => {
  app = await startApp();
  pools = [makeDb(app.database.url), makeDb(app.database.url)];
  fixed = await makeFixedHold({ ...app, chat });
});

afterAll(async () => {
  await untilQuiet(app.database.sql);
  expect((await consultOracle(app.database.sql, app.simulator.everyCall)).faults).toEqual([]);
  await Promise.all(pools.map(closeDb));
  await app.stop();
});

/** Asks as a member of the team. @returns "answered", or the code of the refusal. */
async function ask(member: Member, at: number): Promise<string> {
  const body = sendMessageInput.parse(JSON.parse(chatJson(fixed.ask())));
  const pool = pools[at % 2] ?? app.database.db;
  const reader = {
    signal: new AbortController().signal,
    onStart: () => undefined,
    onDelta: () => undefined,
  };
  try {
    await sendMessage(member.ctx(pool), { body, provider: "auto" }, reader);
    return "answered";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

async function rowsOf({ orgId }: Team) {
  const members = await app.database.sql`
    select user_id, used_micro_vnd::text as used, reserved_micro_vnd::text as reserved,
           cap_micro_vnd is null or used_micro_vnd + reserved_micro_vnd <= cap_micro_vnd as is_within
      from org_members where org_id = ${orgId} order by user_id`;
  const [period] = await app.database.sql`
    select used_micro_vnd::text as used, reserved_micro_vnd::text as reserved
      from budget_periods where org_id = ${orgId}`;
  const days = await app.database.sql`
    select scope, subject_id, used_micro_vnd::text as used, reserved_micro_vnd::text as reserved, messages
      from daily_counters where subject_id like ${`${orgId}%`} order by 1, 2`;
  return { members: [...members], period, days: [...days] };
}

describe("F03 members' caps and the team's budget side by side", () => {
  it("both hold under mixed load, and a refusal by one leaves the other's reserved alone", async () => {
    const { holdMicroVnd: hold } = fixed;
    const team = await makeTeam(app.database, {
      budgetMicroVnd: hold * 12n,
      capsMicroVnd: [hold * 4n, hold * 6n + 1n, null],
    });
    const [one, two, free] = team.members;
    if (one === undefined || two === undefined || free === undefined) throw new Error("members");
    const sampler = samplePeriod(app.database, team.orgId);
    app.simulator.hold();
    const ended: string[] = [];
    const start = (member: Member, at: number) =>
      ask(member, at).then((end) => {
        ended.push(end);
        return end;
      });
    const capped = Array.from({ length: 32 }, (_, at) => start(at % 2 === 0 ? one : two, at >> 1));
    await until(() => ended.length + app.simulator.calls.length >= 32);
    expect(ended).toEqual(Array(22).fill("member_cap_reached"));
    const before = await rowsOf(team);
    expect(before.period).toEqual({ used: "0", reserved: (hold * 10n).toString() });
    expect(new Map(before.members.map((row) => [row["user_id"], row["reserved"]]))).toEqual(
      new Map([
        [one.userId, (hold * 4n).toString()],
        [two.userId, (hold * 6n).toString()],
        [free.userId, "0"],
      ]),
    );
    expect(await ask(one, 0)).toBe("member_cap_reached");
    expect(await rowsOf(team)).toEqual(before);
    const others = Array.from({ length: 8 }, (_, at) => start(free, at));
    await until(() => ended.length + app.simulator.calls.length >= 40);
    expect(ended.slice(22)).toEqual(Array(6).fill("budget_exhausted"));
    const full = await rowsOf(team);
    expect(full.period).toEqual({ used: "0", reserved: (hold * 12n).toString() });
    expect(await ask(two, 1)).toBe("budget_exhausted");
    expect(await rowsOf(team)).toEqual(full);
    expect(full.members.every((row) => row["is_within"] === true)).toBe(true);
    app.simulator.release();
    const ends = await Promise.all([...capped, ...others]);
    expect(ends.filter((end) => end === "answered")).toHaveLength(12);
    const { beyond, peakMicroVnd } = await sampler.stop();
    expect({ beyond, peakMicroVnd }).toEqual({ beyond: [], peakMicroVnd: hold * 12n });
  });
});
