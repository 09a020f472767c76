import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";

const MODEL = "openai/gpt-5.4-mini";

let app: AppUnderTest;
let person: Person;
let victim: Person;
let conversationId: string;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  victim = await makeCustomer(app.database);
  ({ conversationId } = await readAnswer(await chat(person, { model: MODEL })));
  await readAnswer(await chat(victim, { model: MODEL, text: "A secret of the victim" }));
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const payloads: readonly string[] = [
  "'",
  "''",
  '"',
  "\\'",
  "' or '1'='1",
  "' or 1=1 --",
  "'; drop table usage_logs; --",
  "'); update budget_periods set limit_micro_vnd = 9e17; --",
  "1; select pg_sleep(3)",
  "' || pg_sleep(3) || '",
  "' and 1=(select 1 from pg_sleep(3)) --",
  "%",
  "_",
  "%' escape '%",
  "$1",
  "${1}",
  "$$; select pg_sleep(3); $$",
  "/* */ union select email from users --",
  "')); truncate users cascade; --",
  '{"$ne": null}',
  "a'::jsonb; select 1",
  "?::text",
];

/** What must stay as it is, whatever is sent. */
async function state() {
  const [row] = await app.database.sql`
    select (select sum(limit_micro_vnd)::text from budget_periods) as limits,
           (select count(*)::int from users) as users, (select count(*)::int from usage_logs) as logs`;
  return row;
}

async function withinASecond<T>(work: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work;
  expect(performance.now() - startedAt).toBeLessThan(2_500);
  return result;
}

describe.each(payloads)("F77 %s", (payload) => {
  it("is only text in a question and a title", async () => {
    app.simulator.reset();
    const before = await state();
    const answer = await withinASecond(
      chat(person, { model: MODEL, text: payload }).then((response) => readAnswer(response)),
    );
    const input = { conversationId: answer.conversationId };
    const detail = await trpc(person, "chat.getConversation", { input });
    expect(detail.data).toMatchObject({
      conversation: { title: payload },
      messages: [{ text: payload }, {}],
    });
    const rename = { conversationId, title: payload };
    const renamed = await withinASecond(
      trpc(person, "chat.renameConversation", { method: "POST", input: rename }),
    );
    expect(renamed.data).toMatchObject({ title: payload });
    const named = await trpc(person, "orgs.updateProfile", {
      method: "POST",
      input: { name: payload },
    });
    expect(named.data).toMatchObject({ name: payload });
    const after = await state();
    expect({ ...after, logs: Number(after?.["logs"]) - 1 }).toEqual(before);
  });

  it("finds nothing as a filter and is no id", async () => {
    const before = await state();
    const history = await withinASecond(
      trpc(person, "costOptimization.getUsageHistory", { input: { modelId: payload } }),
    );
    expect(history).toMatchObject({ status: 200, data: { rows: [], totalRows: 0 } });
    for (const input of [
      { month: payload },
      { complexity: payload },
      { page: payload },
      { orderBy: payload },
    ]) {
      expect((await trpc(person, "costOptimization.getUsageHistory", { input })).status).toBe(400);
    }
    for (const path of ["chat.getConversation", "chat.deleteConversation"]) {
      const method = path === "chat.getConversation" ? ("GET" as const) : ("POST" as const);
      const answer = await withinASecond(
        trpc(person, path, { method, input: { conversationId: payload } }),
      );
      expect(answer).toMatchObject({ status: 400, code: "invalid_input" });
    }
    const models = { preferredModels: [payload], blockedModels: [payload] };
    const path = "costOptimization.updateCostSettings";
    const settings = await trpc(person, path, { method: "POST", input: models });
    expect(settings).toMatchObject({ status: 200, data: models });
    expect((await chat(person, { model: payload })).status).toBe(400);
    expect((await chat(person, {}, { provider: payload })).status).toBe(503);
    expect((await chat(person, { messageId: payload })).status).toBe(400);
    expect(await state()).toEqual(before);
  });

  it("is nobody as a cookie", async () => {
    for (const cookie of [
      payload,
      `pho.session_token=${payload}`,
      `pho.session_token=${encodeURIComponent(payload)}.x`,
    ]) {
      const answer = await withinASecond(
        chat({ cookie: cookie.replaceAll(/[^\x20-\x7e]/g, "") }, {}),
      );
      expect(answer.status).toBe(401);
    }
  });
});
