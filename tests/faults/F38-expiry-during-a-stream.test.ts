import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { makePerson } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";
import { freezeClock } from "../support/test-database.ts";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.stop());

const goTo = (iso: string) => freezeClock(app.database.sql, new Date(iso));
const MODEL = "anthropic/claude-opus-5";

describe("F38 a subscription that ends while an answer streams", () => {
  it("lets the answer finish in the cycle that admitted it, then says what comes next", async () => {
    const { sql, db } = app.database;
    await goTo("2027-03-17T03:00:00Z");
    const person = await makePerson(app.database, { planId: "premium", locale: "en" });
    await goTo("2027-04-17T02:59:59Z");
    const text = ask({ output: 40, tokensPerChunk: 4, pauseAfter: 3 });
    const response = await chat(person, { model: MODEL, text });
    await app.simulator.until(([call]) => call !== undefined && call.textSent !== "");

    // Overnight: the end passes, the job runs, the month's end passes too.
    await goTo("2027-04-17T03:30:00Z");
    expect(await rollPeriods(db)).toMatchObject({ closed: 0, opened: 0 });
    app.simulator.release();
    const answer = await readAnswer(response);
    expect(answer).toMatchObject({ isDone: true, receipt: { state: "complete" } });

    const next = await readRefusal(await chat(person, { model: MODEL, text: "And now?" }));
    expect(next).toMatchObject({ status: 403, code: "model_not_allowed" });
    expect(next.error.message).toContain("renew");
    expect((await readAnswer(await chat(person, { text: "Hi" }))).isDone).toBe(true);

    const rows = await sql`
      select p.kind, p.plan_id, l.model_id, p.reserved_micro_vnd as reserved,
             l.cost_micro_vnd = p.used_micro_vnd as is_all
        from usage_logs l join budget_periods p on p.id = l.period_id
       where l.org_id = ${person.orgId} order by l.occurred_at`;
    expect(rows).toMatchObject([
      { kind: "cycle", plan_id: "premium", model_id: MODEL, reserved: "0", is_all: true },
      { kind: "calendar", plan_id: "free", reserved: "0", is_all: true },
    ]);
    expect(await rollPeriods(db)).toMatchObject({ closed: 1 });
    const { data } = await trpc(person, "chat.getConversation", {
      input: { conversationId: answer.conversationId },
    });
    expect(JSON.stringify(data)).toContain(answer.text.slice(0, 40));
  });
});
