import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { overrideBudget } from "@/features/budgets/override-budget.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { db } from "@/server/db/client.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makeModel } from "../factories/models.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";

const ASKED = 12;
const CEILING_VND = 70n;

let app: AppUnderTest;
let model: string;

beforeAll(async () => {
  app = await startApp({ settings: { FREE_PLAN_DAILY_CEILING_VND: CEILING_VND.toString() } });
  // 8,192 tokens at most for $2 a million: a hold of some hundred đồng, less where less is left.
  model = await makeModel(app.database.db, "openai/raced");
});

beforeEach(() => app.simulator.reset());

afterAll(() => app.stop());

const setSettings = (person: Person, input: Record<string, unknown>) =>
  trpc(person, "costOptimization.updateCostSettings", { method: "POST", input });

const setCap = (person: Person, vnd: string) =>
  adminVerbs["set-member-cap"]?.(db(), { values: { email: person.email, vnd }, words: [] });

async function capMember(person: Person): Promise<void> {
  await setCap(person, "70");
}

async function override(person: Person): Promise<void> {
  const ctx = await findOwner(app.database.db, { email: person.email, requestId: "test" });
  await overrideBudget(ctx, {
    amountMicroVnd: vndToMicroVnd(70n),
    expiresAt: new Date(ctx.now.getTime() + 3_600_000),
    ...{ reason: "test", actor: "finance", key: "race" },
  });
}

type Case = {
  readonly code: string;
  readonly limit: (person: Person) => Promise<unknown>;
  /** What the guarded row carries of it now. */
  readonly carried: (person: Person) => string;
  readonly isFree?: boolean;
};

const carriedBy = (table: string, where: string) =>
  `select used_micro_vnd + reserved_micro_vnd as sum, reserved_micro_vnd as held from ${table} where ${where}`;

const cases: readonly Case[] = [
  {
    code: "budget_exhausted",
    limit: override,
    carried: ({ orgId }) => carriedBy("budget_periods", `org_id = '${orgId}'`),
  },
  {
    code: "member_cap_reached",
    limit: capMember,
    carried: ({ userId }) => carriedBy("org_members", `user_id = '${userId}'`),
  },
  {
    code: "daily_cap_reached",
    limit: (person) => setSettings(person, { dailyCapMicroVnd: vndToMicroVnd(70n).toString() }),
    carried: ({ orgId, userId }) =>
      carriedBy("daily_counters", `scope = 'member' and subject_id = '${orgId}:${userId}'`),
  },
  {
    code: "free_ceiling_reached",
    limit: () => Promise.resolve(),
    carried: () => carriedBy("daily_counters", "scope = 'free_plan'"),
    isFree: true,
  },
];

describe("questions sent at once against one limit", () => {
  it.each(cases)("$code: what is used and held stays inside it", async (one) => {
    const person = await (one.isFree === true ? makePerson : makeCustomer)(app.database);
    await one.limit(person);
    const text = ask({ output: 20, tokensPerChunk: 4, pauseAfter: 1 }, "Explain the sky");
    const responses = await Promise.all(
      Array.from({ length: ASKED }, () => chat(person, { model, text })),
    );
    const carried = async () => {
      const [row] = await app.database.sql.unsafe(one.carried(person));
      return { sum: BigInt(String(row?.["sum"])), held: BigInt(String(row?.["held"])) };
    };
    const running = await carried();
    expect(running.sum).toBeLessThanOrEqual(vndToMicroVnd(70n));
    expect(running.held).toBeGreaterThan(0n);
    app.simulator.release();
    const admitted = responses.filter(({ status }) => status === 200);
    const refused = responses.filter(({ status }) => status !== 200);
    await Promise.all(admitted.map((response) => readAnswer(response)));
    expect([admitted.length > 0, refused.length > 0]).toEqual([true, true]);
    for (const response of refused) expect((await readRefusal(response)).code).toBe(one.code);
    expect(app.simulator.calls).toHaveLength(admitted.length);
    expect(await carried()).toMatchObject({ held: 0n });
  });
});

describe("the cap of a member", () => {
  it("is set, lowered under what is used and taken away by an operator, and audited", async () => {
    const person = await makeCustomer(app.database);
    await readAnswer(await chat(person, { model }));
    expect(await setCap(person, "1")).toEqual({ oldCapMicroVnd: null, capMicroVnd: "1000000" });
    const refusal = await readRefusal(await chat(person, { model }));
    expect(refusal.code).toBe("member_cap_reached");
    expect(await setCap(person, "0")).toEqual({ oldCapMicroVnd: "1000000", capMicroVnd: "0" });
    expect((await readRefusal(await chat(person, { model }))).code).toBe("member_cap_reached");
    expect(await setCap(person, "none")).toEqual({ oldCapMicroVnd: "0", capMicroVnd: null });
    expect((await readAnswer(await chat(person, { model }))).isDone).toBe(true);
    const rows = await app.database.sql`
      select after from audit_log where action = 'member.cap' and subject = ${`org:${person.orgId}`}`;
    expect(rows).toHaveLength(3);
  });

  it("is not set for somebody who is no member", async () => {
    const [owner, stranger] = [await makePerson(app.database), await makePerson(app.database)];
    const values = { email: owner.email, member: stranger.email, vnd: "5" };
    const run = adminVerbs["set-member-cap"]?.(db(), { values, words: [] });
    await expect(run).rejects.toMatchObject({ code: "not_found" });
  });
});
