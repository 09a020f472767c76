import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { routePreview, type RoutePreview } from "@/features/chat/schema.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";

const path = "costOptimization.getOptimalModel";
const text = "Giải thích vì sao bầu trời có màu xanh";

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
beforeEach(() => app.simulator.reset());

async function preview(person: Person, input: object): Promise<RoutePreview> {
  const answer = await trpc(person, path, { input, method: "POST" });
  return routePreview.parse(answer.data);
}

async function decisionFor(person: Person, input: object) {
  const outcome = await preview(person, input);
  if (outcome.kind !== "plan") throw new Error(`refused: ${outcome.refusal.code}`);
  return outcome.decision;
}

/** Every row a turn would have written for the organisation. */
async function rowsOf({ orgId }: Person): Promise<number> {
  const { sql } = app.database;
  const [row] = await sql`
    select (select count(*) from turns where org_id = ${orgId})
         + (select count(*) from messages where org_id = ${orgId})
         + (select count(*) from conversations where org_id = ${orgId})
         + (select count(*) from reservations where org_id = ${orgId})
         + (select count(*) from provider_calls c join reservations r on r.id = c.reservation_id
             where r.org_id = ${orgId})
         + (select count(*) from usage_logs where org_id = ${orgId})
         + (select count(*) from budget_periods
             where org_id = ${orgId} and used_micro_vnd + reserved_micro_vnd > 0) as rows`;
  return Number(row?.["rows"]);
}

describe("getOptimalModel", () => {
  it("names the model the question then gets, asks no provider and leaves nothing behind", async () => {
    const person = await makeCustomer(app.database);
    const expected = await decisionFor(person, { text });
    expect(app.simulator.calls).toHaveLength(0);
    expect(await rowsOf(person)).toBe(0);

    expect((await chat(person, { text })).status).toBe(200);
    const [turn] = await app.database.sql`
      select decision->'view' as view from turns where org_id = ${person.orgId}`;
    const { modelId, score, label, expectedCostMicroVnd, reasonCode } = expected;
    expect(turn?.["view"]).toMatchObject({
      ...{ modelId, score, label, expectedCostMicroVnd, reasonCode },
    });
  });

  it("opens the budget period of a person who never asked", async () => {
    const person = await makePerson(app.database);
    const { sql } = app.database;
    const periods = () => sql`select id from budget_periods where org_id = ${person.orgId}`;
    expect(await periods()).toHaveLength(0);
    await preview(person, { text });
    await preview(person, { text });
    expect(await periods()).toHaveLength(1);
  });

  it("opens one period when a page asks many things at once", async () => {
    const people = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        makePerson(app.database, index % 2 === 0 ? {} : { planId: "premium" }),
      ),
    );
    const answers = await Promise.all(
      people.flatMap((person) => [
        trpc(person, path, { input: { text }, method: "POST" }),
        trpc(person, "costOptimization.getUsageSummary"),
        trpc(person, "chat.listModels"),
        trpc(person, path, { input: { text }, method: "POST" }),
      ]),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it("counts the answers the budget holds, for the expected and for the stronger model", async () => {
    const person = await makeCustomer(app.database);
    const decision = await decisionFor(person, { text });
    const cost = BigInt(decision.expectedCostMicroVnd);
    expect(decision.answersLeft).toBe(Number(5_000_000_000_000n / cost));
    expect(decision.referenceModelId).not.toBeNull();
    if (decision.stronger !== null) {
      expect(decision.stronger.modelId).not.toBe(decision.modelId);
      expect(decision.strongerAnswersLeft).toBe(
        Number(5_000_000_000_000n / BigInt(decision.stronger.expectedCostMicroVnd)),
      );
    }
  });

  it("obeys a model picked by hand", async () => {
    const person = await makeCustomer(app.database);
    const decision = await decisionFor(person, { text, model: "openai/gpt-5-nano" });
    expect(decision).toMatchObject({ modelId: "openai/gpt-5-nano", reasonCode: "picked_by_user" });
  });

  it("weighs the conversation the draft belongs to", async () => {
    const person = await makeCustomer(app.database);
    const long = "Một câu chuyện dài. ".repeat(400);
    const answer = await chat(person, { text: long });
    await answer.text();
    const [row] = await app.database.sql`
      select id from conversations where org_id = ${person.orgId}`;
    const model = "openai/gpt-5-nano";
    const alone = await decisionFor(person, { text, model });
    const within = await decisionFor(person, { text, model, conversationId: row?.["id"] });
    expect(BigInt(within.expectedCostMicroVnd)).toBeGreaterThan(BigInt(alone.expectedCostMicroVnd));
  });

  it.each([
    ["an empty budget", { budgetMicroVnd: 1_000n }, { text }, "budget_exhausted"],
    ["an unverified address", { isVerified: false }, { text }, "email_unverified"],
    ["a wish for a picture", {}, { text: "vẽ cho tôi con mèo dễ thương" }, "feature_disabled"],
    ["a model above the plan", {}, { text, model: "openai/gpt-5.4" }, "model_not_allowed"],
  ])("tells %s before it is sent", async (_, options, input, code) => {
    const person = await makePerson(app.database, options);
    const outcome = await preview(person, input);
    expect(outcome).toMatchObject({ kind: "refused", refusal: { code } });
    expect(await rowsOf(person)).toBe(0);
    if (code === "budget_exhausted" && outcome.kind === "refused") {
      expect(outcome.refusal.resetsAt).not.toBeNull();
    }
  });

  it("knows nothing of other people's conversations", async () => {
    const [owner, other] = await Promise.all([
      makeCustomer(app.database),
      makeCustomer(app.database),
    ]);
    await (await chat(owner, { text })).text();
    const [row] = await app.database.sql`
      select id from conversations where org_id = ${owner.orgId}`;
    const conversationId: unknown = row?.["id"];
    const call = { input: { text, conversationId }, method: "POST" } as const;
    expect(await trpc(other, path, call)).toMatchObject({ status: 404, code: "not_found" });
    const unknown = { input: { text, conversationId: randomUUID() }, method: "POST" } as const;
    expect(await trpc(owner, path, unknown)).toMatchObject({ status: 404, code: "not_found" });
  });

  it("refuses what is no draft, and who is nobody", async () => {
    const person = await makePerson(app.database);
    for (const input of [{ text: "" }, { text: "x".repeat(100_001) }, { text, provider: "x" }]) {
      const answer = await trpc(person, path, { input, method: "POST" });
      expect(answer).toMatchObject({ status: 400, code: "invalid_input" });
    }
    expect(await trpc(null, path, { input: { text }, method: "POST" })).toMatchObject({
      status: 401,
    });
  });
});
