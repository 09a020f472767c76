import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { countTokens } from "@/server/llm/count-tokens.ts";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { absurdUsages } from "../support/absurd-usages.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { textOfTokens } from "../support/simulator-bill.ts";
import { alertsOf, booksOf, costOf, estimatedTokensOf } from "../support/turn-books.ts";

const models = {
  openai: "openai/gpt-5.4-mini",
  gemini: "gemini/gemini-2.5-flash",
  anthropic: "anthropic/claude-haiku-4-5",
} as const;
type Wire = keyof typeof models;
const WIRES = ["openai", "gemini", "anthropic"] as const;

/** Long enough that a count of nothing is absurd. */
const TEXT = textOfTokens(100);

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
});

beforeEach(() => {
  forgetProviderHealth();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

async function told(wire: Wire, usage: Readonly<Record<string, unknown>>, name = "") {
  const messageId = randomUUID();
  const text = ask({ text: TEXT, tokensPerChunk: 20, usage }, `Why is the sky blue? ${name}`);
  const answer = await readAnswer(await chat(person, { messageId, model: models[wire], text }));
  const books = await booksOf(app.database.sql, messageId);
  const [log, ...others] = books.logs;
  return { answer, books, log, others, question: text };
}

describe("F26 a usage that cannot be true", () => {
  it.each(WIRES)("%s: none of thirty and more shapes is booked", async (wire) => {
    const shapes = absurdUsages[wire];
    expect(shapes.length).toBeGreaterThanOrEqual(30);
    const output = estimatedTokensOf(models[wire], await countTokens(TEXT));
    const verdicts = await Promise.all(
      shapes.map(async ([name, usage]) => {
        const { answer, books, log, others, question } = await told(wire, usage, name);
        const asked = estimatedTokensOf(models[wire], await countTokens(question));
        const input = log?.fresh ?? 0;
        return {
          name,
          isWhole: answer.text === TEXT && answer.isDone && answer.error === null,
          isEstimated: log?.source === "estimated" && answer.receipt?.source === "estimated",
          isMarked: log?.metadata["isUsageAbsurd"] === true,
          output: log?.output,
          isInputOurs: input >= asked && input < 2 * asked,
          isInHold: costOf(books.logs) > 0n && costOf(books.logs) <= books.hold,
          isOne: others.length === 0 && books.calls.length === 1,
        };
      }),
    );
    expect(verdicts).toEqual(
      shapes.map(([name]) => ({
        ...{ name, isWhole: true, isEstimated: true, isMarked: true, output },
        ...{ isInputOurs: true, isInHold: true, isOne: true },
      })),
    );
  });

  it("ops are told once per model, however often", async () => {
    const alerts = await alertsOf(app.database.sql, "usage_absurd");
    expect(alerts.map((row) => [row["dedupe_key"], row["occurrences"]]).toSorted()).toEqual(
      WIRES.map((wire) => [`usage_absurd:${models[wire]}`, absurdUsages[wire].length]).toSorted(),
    );
    const notices = await app.database.sql`select 1 from outbox where kind = 'ops_alert'`;
    expect(notices).toHaveLength(WIRES.length);
  });

  it.each(WIRES)("%s: an unusual one that may be true is believed", async (wire) => {
    const usage =
      wire === "anthropic"
        ? { input_tokens: 0, cache_read_input_tokens: 90, output_tokens: 300 }
        : { prompt_tokens: 90, completion_tokens: 300, total_tokens: 390 };
    const { log } = await told(wire, usage);
    expect(log).toMatchObject({ source: "reported", output: 300, total: 390 });
    expect(log?.metadata).not.toHaveProperty("isUsageAbsurd");
  });
});
