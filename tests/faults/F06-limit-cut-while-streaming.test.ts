import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { usageSummaryView } from "@/features/budgets/schema.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makeCustomer } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";

const STREAMS = 4;
const MODEL = "openai/gpt-5.4";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

describe("F06 a limit lowered under what is used while answers stream", () => {
  it("lets them finish and settle, refuses the next, and stands in the audit log", async () => {
    const { database, simulator } = app;
    const person = await makeCustomer(database);
    const ctx = await findOwner(database.db, { email: person.email, requestId: "test" });
    const text = ask({ output: 40, tokensPerChunk: 4, pauseAfter: 2 }, "Explain the sky");
    await readAnswer(await chat(person, { model: MODEL, text: ask({ output: 200 }) }));
    const summary = async () =>
      usageSummaryView.parse((await trpc(person, "costOptimization.getUsageSummary")).data).period;
    const usedBefore = BigInt((await summary()).usedMicroVnd);

    const streams = await Promise.all(
      Array.from({ length: STREAMS }, () => chat(person, { model: MODEL, text })),
    );
    await simulator.until((calls) => calls.filter((call) => call.textSent !== "").length > STREAMS);
    const cut = { amountMicroVnd: usedBefore / 2n, actor: "finance-1", reason: "cut" };
    await setBudget(ctx, cut);
    const refusal = await readRefusal(await chat(person, { model: MODEL, text: "Hi" }));
    expect(refusal).toMatchObject({ status: 402, budgetExceeded: true, code: "budget_exhausted" });
    expect(BigInt(refusal.remainingMicroVnd ?? "-1")).toBe(0n);

    simulator.release();
    const answers = await Promise.all(streams.map((response) => readAnswer(response)));
    for (const answer of answers) {
      expect(answer).toMatchObject({ isDone: true, receipt: { state: "complete" } });
    }
    const spent = answers.reduce(
      (sum, { receipt }) => sum + BigInt(receipt?.costMicroVnd ?? 0),
      0n,
    );
    const after = await summary();
    expect(BigInt(after.usedMicroVnd)).toBe(usedBefore + spent);
    expect(after).toMatchObject({
      reservedMicroVnd: "0",
      remainingMicroVnd: "0",
      limitMicroVnd: cut.amountMicroVnd.toString(),
      overdraftMicroVnd: (usedBefore + spent - cut.amountMicroVnd).toString(),
    });
    expect((await readRefusal(await chat(person, { model: MODEL }))).code).toBe("budget_exhausted");

    const old = vndToMicroVnd(5_000_000n).toString();
    const audit = await database.sql`
      select actor, before, after from audit_log where reason = 'cut' and subject = ${`org:${person.orgId}`}`;
    expect(audit).toMatchObject([
      {
        actor: "finance-1",
        before: { limitMicroVnd: old },
        after: { limitMicroVnd: cut.amountMicroVnd.toString() },
      },
    ]);
    await setBudget(ctx, { ...cut, amountMicroVnd: vndToMicroVnd(5_000_000n), reason: "back" });
    expect((await readAnswer(await chat(person, { model: MODEL, text: "Hi" }))).isDone).toBe(true);
  });
});
