import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setFlag } from "@/features/flags/set-flag.ts";
import { retirePrice } from "@/features/models/retire-price.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makeModel, makePrice } from "../factories/models.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";

const CEILING_VND = 500_000n;

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ settings: { FREE_PLAN_DAILY_CEILING_VND: CEILING_VND.toString() } });
});

beforeEach(() => {
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const word = { actor: "test", requestId: "test" };

async function decisionOf(person: Person, text = "Hi") {
  const answer = await readAnswer(await chat(person, { text }));
  return answer.decision;
}

const setSettings = (person: Person, input: Record<string, unknown>) =>
  trpc(person, "costOptimization.updateCostSettings", { method: "POST", input });

describe("cost optimization", () => {
  it("switched off for all by its flag, the next turn gets the plan's own model", async () => {
    const person = await makeCustomer(app.database);
    expect((await decisionOf(person))?.reasonCode).not.toBe("optimization_off");
    await setFlag(app.database.db, { key: "cost_optimization", enabled: false, ...word });
    expect(await decisionOf(person)).toMatchObject({
      reasonCode: "optimization_off",
      modelId: "anthropic/claude-opus-5",
    });
    await setFlag(app.database.db, { key: "cost_optimization", enabled: true, ...word });
    expect((await decisionOf(person))?.reasonCode).not.toBe("optimization_off");
  });

  it("switched off by one person changes that person's next turn only", async () => {
    const [one, another] = [await makeCustomer(app.database), await makeCustomer(app.database)];
    await setSettings(one, { enableCostOptimization: false });
    expect((await decisionOf(one))?.reasonCode).toBe("optimization_off");
    expect((await decisionOf(another))?.reasonCode).not.toBe("optimization_off");
    await setSettings(one, { enableCostOptimization: true });
    expect((await decisionOf(one))?.reasonCode).not.toBe("optimization_off");
  });

  it("is off for a person the flag excludes and on for one it names", async () => {
    const [excluded, named] = [await makeCustomer(app.database), await makeCustomer(app.database)];
    await app.database.sql`
      update feature_flags set rollout_percent = 0, denied_user_ids = ${[excluded.userId]},
             allowed_user_ids = ${[named.userId]} where key = 'cost_optimization'`;
    expect((await decisionOf(excluded))?.reasonCode).toBe("optimization_off");
    expect((await decisionOf(named))?.reasonCode).not.toBe("optimization_off");
    await app.database.sql`
      update feature_flags set rollout_percent = 100, denied_user_ids = '{}', allowed_user_ids = '{}'
       where key = 'cost_optimization'`;
  });

  it("never picks a blocked model, and a picked model that is blocked is refused", async () => {
    const person = await makeCustomer(app.database, { locale: "en" });
    const chosen = (await decisionOf(person))?.modelId ?? "";
    await setSettings(person, { blockedModels: [chosen] });
    expect((await decisionOf(person))?.modelId).not.toBe(chosen);
    const refusal = await readRefusal(await chat(person, { model: chosen }));
    expect(refusal).toMatchObject({ status: 403, code: "model_not_allowed" });
  });
});

describe("prices", () => {
  it("a new one holds from the next turn on; what was booked keeps its own", async () => {
    const { database } = app;
    const model = await makeModel(database.db, "openai/repriced");
    const person = await makeCustomer(database);
    const text = ask({ input: 1_000, output: 100 });
    const first = await readAnswer(await chat(person, { model, text }));
    await makePrice(database.db, model, { inputUsd: "5", outputUsd: "20" });
    const second = await readAnswer(await chat(person, { model, text }));
    const [before, after] = [first, second].map((one) => BigInt(one.receipt?.costMicroVnd ?? 0));
    // One round-up each, so ten times as dear may miss ten units at most.
    expect(Number((before ?? 0n) * 10n - (after ?? 0n))).toBeLessThan(10);
    const rows = await database.sql`
      select l.price_id, p.valid_to is null as is_open from usage_logs l
        join model_prices p on p.id = l.price_id where l.model_id = ${model} order by l.occurred_at`;
    expect(rows.map((row) => row["is_open"])).toEqual([false, true]);
    expect(new Set(rows.map((row) => row["price_id"])).size).toBe(2);
  });

  it("one that changes while an answer streams does not touch that answer", async () => {
    const { database, simulator } = app;
    const model = await makeModel(database.db, "openai/repriced-midway");
    const person = await makeCustomer(database);
    const text = ask({ input: 1_000, output: 12, tokensPerChunk: 4, pauseAfter: 1 });
    const response = await chat(person, { model, text });
    await simulator.until(([call]) => call?.textSent.length === 16);
    await makePrice(database.db, model, { inputUsd: "50", outputUsd: "200" });
    simulator.release();
    await readAnswer(response);
    const rows = await database.sql`
      select p.valid_to is not null as is_former from usage_logs l join model_prices p on p.id = l.price_id
       where l.model_id = ${model}`;
    expect(rows.map((row) => row["is_former"])).toEqual([true]);
  });

  it("a retired one closes the model until it is priced again", async () => {
    const { database } = app;
    const model = await makeModel(database.db, "openai/closing");
    const person = await makeCustomer(database);
    expect((await readAnswer(await chat(person, { model }))).isDone).toBe(true);
    await retirePrice(database.db, { modelId: model, ...word });
    expect((await readRefusal(await chat(person, { model }))).code).toBe("model_unpriced");
    await makePrice(database.db, model, { inputUsd: "1", outputUsd: "1" });
    expect((await readAnswer(await chat(person, { model }))).isDone).toBe(true);
  });
});

describe("each limit refuses with its own code", () => {
  const day = "(app_now() at time zone 'Asia/Ho_Chi_Minh')::date";
  const sentence = async (person: Person) => {
    const refusal = await readRefusal(await chat(person, {}));
    return { code: refusal.code, status: refusal.status, resets: refusal.resetsAt !== null };
  };

  it("the most for one question", async () => {
    const person = await makeCustomer(app.database);
    await setSettings(person, { maxCostPerQueryMicroVnd: "1" });
    expect(await sentence(person)).toEqual({
      code: "query_cap_exceeded",
      status: 402,
      resets: false,
    });
  });

  it("the most for one question caps the hold, not only the wish", async () => {
    const person = await makeCustomer(app.database);
    const capMicroVnd = vndToMicroVnd(60n);
    await setSettings(person, { maxCostPerQueryMicroVnd: capMicroVnd.toString() });
    const text = ask({ output: 4_000, tokensPerChunk: 100 }, "Explain recursion in Python code");
    const answer = await readAnswer(await chat(person, { text }));
    const [row] = await app.database.sql`
      select hold_micro_vnd from reservations where user_id = ${person.userId}`;
    expect(BigInt(String(row?.["hold_micro_vnd"]))).toBeLessThanOrEqual(capMicroVnd);
    expect(BigInt(answer.receipt?.costMicroVnd ?? "-1")).toBeLessThanOrEqual(capMicroVnd);
  });

  it("the daily cap, which counts what was spent today", async () => {
    const person = await makeCustomer(app.database);
    const { receipt } = await readAnswer(await chat(person, { model: "openai/gpt-5.4" }));
    await setSettings(person, { dailyCapMicroVnd: receipt?.costMicroVnd ?? "" });
    expect(await sentence(person)).toEqual({
      code: "daily_cap_reached",
      status: 402,
      resets: true,
    });
    await setSettings(person, { dailyCapMicroVnd: null });
    expect((await readAnswer(await chat(person, {}))).isDone).toBe(true);
  });

  it("the member's cap, and the member's own wish for the month", async () => {
    const [capped, wishing] = [await makeCustomer(app.database), await makeCustomer(app.database)];
    await app.database
      .sql`update org_members set cap_micro_vnd = 1 where user_id = ${capped.userId}`;
    await setSettings(wishing, { monthlyBudgetMicroVnd: "1" });
    const expected = { code: "member_cap_reached", status: 402, resets: true };
    expect(await sentence(capped)).toEqual(expected);
    expect(await sentence(wishing)).toEqual(expected);
  });

  it("the twenty messages of a free day, the next day being free again", async () => {
    const person = await makePerson(app.database, { locale: "en" });
    for (let index = 0; index < 20; index += 1) {
      const answer = await readAnswer(await chat(person, { text: ask({ output: 1 }, "Hi") }));
      expect(answer.isDone).toBe(true);
    }
    const refusal = await readRefusal(await chat(person, {}));
    expect(refusal).toMatchObject({ status: 429, code: "message_limit_reached" });
    expect(refusal.error.message).toContain("all 20 messages");
    const waitMs = Date.parse(refusal.resetsAt ?? "") - Date.now();
    expect(Math.abs(Number(refusal.retryAfter) * 1_000 - waitMs)).toBeLessThan(5_000);
    const summary = await trpc(person, "costOptimization.getUsageSummary");
    expect(summary.data).toMatchObject({ messagesToday: { count: 20, max: 20 } });
  });

  it("twenty-five at once on a free day: twenty are answered", async () => {
    const budgetMicroVnd = vndToMicroVnd(100_000n);
    const person = await makePerson(app.database, { budgetMicroVnd });
    const all = await Promise.all(
      Array.from({ length: 25 }, () => chat(person, { text: ask({ output: 1 }, "Hi") })),
    );
    const statuses = all.map((response) => response.status);
    await Promise.all(all.filter(({ status }) => status === 200).map((one) => readAnswer(one)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });

  it("what all free plans share in a day", async () => {
    const person = await makePerson(app.database);
    const ceiling = vndToMicroVnd(CEILING_VND).toString();
    const fill = (amount: string) =>
      app.database.sql.unsafe(
        `insert into daily_counters (scope, subject_id, day, used_micro_vnd)
         values ('free_plan', 'all', ${day}, ${amount})
         on conflict (scope, subject_id, day)
         do update set used_micro_vnd = daily_counters.used_micro_vnd + excluded.used_micro_vnd`,
      );
    await fill(ceiling);
    expect(await sentence(person)).toEqual({
      code: "free_ceiling_reached",
      status: 402,
      resets: true,
    });
    const customer = await makeCustomer(app.database);
    expect((await readAnswer(await chat(customer, {}))).isDone).toBe(true);
    await fill(`-${ceiling}`);
    expect((await readAnswer(await chat(person, {}))).isDone).toBe(true);
  });

  it("a model of a higher tier than the plan's", async () => {
    const person = await makePerson(app.database);
    const refusal = await readRefusal(await chat(person, { model: "anthropic/claude-opus-5" }));
    expect(refusal).toMatchObject({ status: 403, code: "model_not_allowed" });
  });
});
