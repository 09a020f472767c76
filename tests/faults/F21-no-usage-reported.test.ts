import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bookAdjustment } from "@/features/ledger/book-adjustment.ts";
import { systemCtx } from "@/server/ctx.ts";
import { withTransaction } from "@/server/db/with-transaction.ts";
import { countTokens } from "@/server/llm/count-tokens.ts";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { booksOf, costOf, estimatedTokensOf, type TurnBooks } from "../support/turn-books.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
});

beforeEach(() => {
  forgetProviderHealth();
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const MODELS = [
  "openai/gpt-5.4-mini",
  "gemini/gemini-2.5-flash",
  "anthropic/claude-haiku-4-5",
] as const;

const TEXT = "Bầu trời xanh vì ánh sáng bị tán xạ bởi các phân tử khí. ".repeat(4);

describe("F21 a stream ends without usage", () => {
  it.each(MODELS)("%s: it is booked by our own count and marked", async (model) => {
    const messageId = randomUUID();
    const text = ask({ usage: "none", text: TEXT });
    const answer = await readAnswer(await chat(person, { messageId, model, text }));
    expect(answer).toMatchObject({ text: TEXT, isDone: true, error: null });
    expect(answer.receipt).toMatchObject({ source: "estimated", state: "complete" });
    const books = await booksOf(app.database.sql, messageId);
    const [log, ...others] = books.logs;
    expect(others).toEqual([]);
    expect(log).toMatchObject({
      ...{ source: "estimated", cached: 0, reasoning: 0, isFinal: true },
      output: estimatedTokensOf(model, await countTokens(TEXT)),
    });
    expect(log?.fresh).toBeGreaterThanOrEqual(await countTokens(text));
    expect(log?.cost).toBeGreaterThan(0n);
    expect(books).toMatchObject({ holdState: "settled", reserved: "0" });
    expect(log?.metadata).not.toHaveProperty("isUsageAbsurd");
  });

  it.each(MODELS)("%s: an estimate makes no overdraft of its own", async (model) => {
    const messageId = randomUUID();
    const text = ask({ usage: "none", output: 600, tokensPerChunk: 50 });
    await readAnswer(await chat(person, { messageId, model, text, max_tokens: 400 }));
    const books = await booksOf(app.database.sql, messageId);
    expect(costOf(books.logs)).toBeLessThanOrEqual(books.hold);
  });

  it("is corrected later by a dated row, once; the estimate itself stays", async () => {
    const messageId = randomUUID();
    const text = ask({ usage: "none", text: TEXT });
    await readAnswer(await chat(person, { messageId, model: MODELS[0], text }));
    const before = await booksOf(app.database.sql, messageId);
    const usedBefore = await used();
    expect(await correct(before, 7_000_000n)).not.toBeNull();
    // The same word comes again.
    expect(await correct(before, 7_000_000n)).toBeNull();
    const after = await booksOf(app.database.sql, messageId);
    expect(after.logs.filter(({ kind }) => kind === "usage")).toEqual(before.logs);
    expect(after.logs.filter(({ kind }) => kind === "adjustment")).toMatchObject([
      { reason: "late_usage", adjusts: before.logs[0]?.id, cost: 7_000_000n, total: 0 },
    ]);
    expect((await used()) - usedBefore).toBe(7_000_000n);
    expect(await correct(before, 1n, randomUUID())).toBeNull();
  });

  it("an adjustment of another organisation's log books nothing", async () => {
    const messageId = randomUUID();
    await readAnswer(await chat(person, { messageId, model: MODELS[0], text: ask({}) }));
    const books = await booksOf(app.database.sql, messageId);
    const stranger = await makeCustomer(app.database);
    const usedBefore = await used();
    expect(await correct(books, 5n, books.logs[0]?.id, stranger)).toBeNull();
    expect(await used()).toBe(usedBefore);
  });

  function correct(
    books: TurnBooks,
    costMicroVnd: bigint,
    usageLogId = books.logs[0]?.id ?? "",
    by: Person = person,
  ) {
    const { orgId, userId } = by;
    const { db } = app.database;
    const ctx = systemCtx({ db, now: new Date(), orgId, userId, requestId: randomUUID() });
    return withTransaction(ctx, (tx) =>
      bookAdjustment(tx, { usageLogId, costMicroVnd, reason: "late_usage", metadata: {} }),
    );
  }

  /** What the bar, the month and the logs agree on. */
  async function used(): Promise<bigint> {
    const [row] = await app.database.sql`
      select p.used_micro_vnd::text as used, m.total_cost_micro_vnd::text as month
        from budget_periods p join monthly_usage_summary m on m.org_id = p.org_id
       where p.org_id = ${person.orgId}`;
    expect(row?.["month"]).toBe(row?.["used"]);
    const summary = await trpc(person, "costOptimization.getUsageSummary");
    expect(summary.data).toMatchObject({ period: { usedMicroVnd: row?.["used"] } });
    return BigInt(String(row?.["used"]));
  }
});
