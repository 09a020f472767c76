import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import {
  chat,
  readRefusal,
  startApp,
  type AppUnderTest,
  type ChatBody,
} from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";

const MODEL = "openai/gpt-5.4-mini";
const COUNT = 64;
const QUESTION = "Vì sao bầu trời xanh?";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

beforeEach(() => {
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** What one such call holds on an empty account. */
async function holdOf(body: ChatBody): Promise<bigint> {
  const probe = await makeCustomer(app.database);
  await readAnswer(await chat(probe, body));
  const [row] = await app.database.sql`
    select hold_micro_vnd from reservations where user_id = ${probe.userId}`;
  app.simulator.reset();
  return BigInt(String(row?.["hold_micro_vnd"]));
}

/** Looks at the period every 5 ms from a connection of its own, until told to stop. */
function samplePeriod(person: Person) {
  const sql = postgres(app.database.url, { max: 1, onnotice: () => undefined });
  const over = new AbortController();
  let samples = 0;
  const beyond: unknown[] = [];
  const look = async () => {
    const rows = await sql`
      select used_micro_vnd, reserved_micro_vnd, limit_micro_vnd,
             used_micro_vnd + reserved_micro_vnd > limit_micro_vnd as is_beyond
        from budget_periods where org_id = ${person.orgId}`;
    samples += rows.length;
    beyond.push(...rows.filter((row) => row["is_beyond"] === true));
  };
  const done = (async () => {
    while (!over.signal.aborted) {
      await look();
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
    await look();
    await sql.end();
  })();
  return {
    stop: async () => {
      over.abort();
      await done;
      return { samples, beyond };
    },
  };
}

/** All at once, the provider silent until each is either with it or refused. */
async function rush(person: Person, body: ChatBody) {
  app.simulator.hold();
  const refused: Response[] = [];
  let failure: unknown = null;
  const all = Array.from({ length: COUNT }, async () => {
    const response = await chat(person, body);
    if (response.status !== 200) refused.push(response);
    return response;
  });
  const decided = async () => {
    while (refused.length + app.simulator.calls.length < COUNT && failure === null) {
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  };
  for (const one of all) one.catch((error: unknown) => (failure = error));
  await decided();
  const [held] = await app.database.sql`
    select limit_micro_vnd - used_micro_vnd - reserved_micro_vnd as left_micro_vnd,
           (select count(*)::int from reservations where user_id = ${person.userId} and state = 'held') as holds
      from budget_periods where org_id = ${person.orgId}`;
  const reached = app.simulator.calls.length;
  app.simulator.release();
  const responses = await Promise.all(all);
  const served = responses.filter((response) => response.status === 200);
  const answers = await Promise.all(served.map((response) => readAnswer(response)));
  const refusals = await Promise.all(refused.map(readRefusal));
  const leftMicroVnd = BigInt(String(held?.["left_micro_vnd"]));
  return { reached, answers, refusals, leftMicroVnd, holds: held?.["holds"] };
}

async function expectSettled(person: Person) {
  const [row] = await app.database.sql`
    select p.reserved_micro_vnd::text as reserved, p.used_micro_vnd::text as used,
           (select sum(cost_micro_vnd)::text from usage_logs where period_id = p.id) as logged
      from budget_periods p where p.org_id = ${person.orgId}`;
  expect(row).toEqual({ reserved: "0", used: row?.["logged"], logged: expect.any(String) });
}

describe("64 messages at once on a budget for ten", () => {
  it("with a fixed model whose hold cannot shrink, ten are served and 54 refused", async () => {
    const [model] = await app.database
      .sql`select output_tokens_min from models where id = ${MODEL}`;
    const body = { model: MODEL, max_tokens: Number(model?.["output_tokens_min"]), text: QUESTION };
    const hold = await holdOf(body);
    const person = await makeCustomer(app.database, { budgetMicroVnd: hold * 10n, locale: "en" });
    const sampler = samplePeriod(person);
    const { reached, answers, refusals, leftMicroVnd } = await rush(person, body);
    const { samples, beyond } = await sampler.stop();
    expect(reached).toBe(10);
    expect(leftMicroVnd).toBe(0n);
    expect(answers.map((answer) => answer.receipt?.state)).toEqual(Array(10).fill("complete"));
    expect(refusals).toHaveLength(54);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        status: 402,
        code: "budget_exhausted",
        budgetExceeded: true,
        remainingBudgetVND: 0,
        remainingMicroVnd: "0",
        retryAfter: null,
      });
      expect(refusal.error.message).toMatch(/^This period’s budget has only 0.* left/);
      expect(Date.parse(refusal.resetsAt ?? "")).toBeGreaterThan(Date.now());
    }
    expect(beyond).toEqual([]);
    expect(samples).toBeGreaterThan(10);
    await expectSettled(person);
  });

  it("with auto, every one that is affordable is served and none beyond", async () => {
    const person = await makeCustomer(app.database, { budgetMicroVnd: vndToMicroVnd(700n) });
    const body = { model: "auto", text: QUESTION };
    const sampler = samplePeriod(person);
    const { reached, answers, refusals, leftMicroVnd, holds } = await rush(person, body);
    const { beyond } = await sampler.stop();
    expect(reached).toBeGreaterThan(1);
    expect(reached + refusals.length).toBe(COUNT);
    expect(answers).toHaveLength(reached);
    expect(holds).toBe(reached);
    expect(new Set(refusals.map((refusal) => refusal.code))).toEqual(new Set(["budget_exhausted"]));
    // None beyond: what was left while all were held is less than the smallest hold there is.
    expect(leftMicroVnd).toBeGreaterThanOrEqual(0n);
    expect(leftMicroVnd).toBeLessThan(await smallestHold());
    for (const refusal of refusals) {
      expect(BigInt(refusal.remainingMicroVnd ?? "-1")).toBeLessThan(await smallestHold());
    }
    expect(beyond).toEqual([]);
    await expectSettled(person);
  });

  /** The least any model would hold for the question, asked of the product one model at a time. */
  async function smallestHold(): Promise<bigint> {
    smallest ??= (async () => {
      const models = await app.database.sql`
        select id, output_tokens_min from models where provider in ('openai', 'anthropic', 'gemini')`;
      const holds = [];
      for (const model of models) {
        const max_tokens = Number(model["output_tokens_min"]);
        holds.push(await holdOf({ model: String(model["id"]), max_tokens, text: QUESTION }));
      }
      return holds.reduce((least, hold) => (hold < least ? hold : least));
    })();
    return smallest;
  }
  let smallest: Promise<bigint> | null = null;
});
