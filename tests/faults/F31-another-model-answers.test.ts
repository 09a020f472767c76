import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeModel } from "../factories/models.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { booksOf } from "../support/turn-books.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  for (const wire of ["openai", "gemini", "anthropic"]) {
    await makeModel(app.database.db, `${wire}/alias`, { inputUsd: "1", outputUsd: "4" });
  }
});

beforeEach(() => {
  forgetProviderHealth();
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

describe("F31 another model answers than was asked", () => {
  it.each(["openai", "gemini", "anthropic"])(
    "%s: it is billed by the price it was asked and held for; both names are kept",
    async (wire) => {
      const servedModel = "alias-2026-11-07-preview";
      const { answer, log } = await asked(`${wire}/alias`, servedModel);
      expect(app.simulator.calls[0]).toMatchObject({ model: "alias", servedModel });
      expect(log).toMatchObject({
        ...{ model: `${wire}/alias`, priceModel: `${wire}/alias`, servedModel },
        source: "reported",
      });
      const plain = await asked(`${wire}/alias`, "alias");
      expect(log?.cost).toBe(plain.log?.cost);
      expect(answer.receipt?.servedModelId).toBe(`${wire}/alias`);
      const history = await trpc(person, "costOptimization.getUsageHistory", { input: {} });
      expect(history.data).toMatchObject({
        rows: expect.arrayContaining([
          expect.objectContaining({ modelId: `${wire}/alias`, servedModel }),
        ]),
      });
    },
  );

  it.each([
    ["a name of 100,000 letters", "x".repeat(100_000)],
    ["control characters and a zero byte", "alias\u0000\u0007\u202e"],
    ["a name that looks like markup", "<img src=x onerror=alert(1)>"],
  ])("%s is kept as the books can take it, and breaks nothing", async (_name, servedModel) => {
    const { answer, log } = await asked("openai/alias", servedModel);
    expect(answer).toMatchObject({ isDone: true, error: null });
    expect(log?.servedModel?.length).toBeLessThanOrEqual(200);
    expect(log?.servedModel).not.toContain("\u0000");
  });

  it("another model of our catalogue is billed by the price of that one", async () => {
    await makeModel(app.database.db, "openai/dearer", { inputUsd: "3", outputUsd: "12" });
    const { log } = await asked("openai/alias", "dearer");
    expect(log).toMatchObject({ servedModel: "dearer", priceModel: "openai/dearer" });
    // 40 × 3 + 25 × 12 USD a million, at three times the price of the alias.
    const { log: plain } = await asked("openai/alias", "alias");
    expect(log?.cost).toBe((plain?.cost ?? 0n) * 3n);
  });

  it("an answer that names no model is kept without one", async () => {
    const body =
      'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}],' +
      '"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}\n\ndata: [DONE]\n\n';
    app.simulator.script({ rawBody: body });
    const messageId = randomUUID();
    await readAnswer(await chat(person, { messageId, model: "openai/alias" }));
    const [log] = (await booksOf(app.database.sql, messageId)).logs;
    expect(log).toMatchObject({ servedModel: null, model: "openai/alias", source: "reported" });
  });

  async function asked(model: string, servedModel: string) {
    const messageId = randomUUID();
    app.simulator.script({ servedModel, input: 40, output: 25 });
    const answer = await readAnswer(await chat(person, { messageId, model, text: "Hello" }));
    const [log] = (await booksOf(app.database.sql, messageId)).logs;
    return { answer, log };
  }
});
