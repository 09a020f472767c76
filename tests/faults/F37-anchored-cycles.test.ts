import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { usageSummaryView } from "@/features/budgets/schema.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import { makePerson, type Person } from "../factories/people.ts";
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
const word = { actor: "test", reason: "bought" };
const before = (iso: string) => new Date(Date.parse(iso) - 1).toISOString();

async function buy(person: Person) {
  const ctx = await findOwner(app.database.db, { email: person.email, requestId: "test" });
  await startSubscription(ctx, { planId: "premium-yearly", ...word });
}

async function resetShown(person: Person): Promise<string> {
  const { data } = await trpc(person, "costOptimization.getUsageSummary");
  return usageSummaryView.parse(data).period.endsAt;
}

/** The day of the next budget in a refusal: its field, and its sentence as a person reads it. */
async function resetRefused(person: Person) {
  const ctx = await findOwner(app.database.db, { email: person.email, requestId: "test" });
  await setBudget(ctx, { amountMicroVnd: 0n, ...word });
  const refusal = await readRefusal(await chat(person, {}));
  expect(refusal.code).toBe("budget_exhausted");
  return { resetsAt: refusal.resetsAt, sentence: refusal.error.message };
}

/** Noon of the day in Vietnam, and three ends of cycles after it. */
const cases = [
  ["17th", "2027-01-17", ["2027-02-17", "2027-03-17", "2027-04-17"]],
  ["29th", "2027-01-29", ["2027-02-28", "2027-03-29", "2027-04-29"]],
  ["30th", "2027-01-30", ["2027-02-28", "2027-03-30", "2027-04-30"]],
  ["31st", "2027-01-31", ["2027-02-28", "2027-03-31", "2027-04-30"]],
] as const;

describe("F37 a cycle that is not the calendar month", () => {
  it.each(cases)("bought on the %s shows the reset date it uses", async (_name, day, ends) => {
    await goTo("2027-01-10T00:00:00Z");
    const person = await makePerson(app.database, { locale: "en" });
    await readAnswer(await chat(person, { text: ask({ output: 1 }, "Hi") }));
    await goTo(`${day}T05:00:00.000Z`);
    await buy(person);
    for (const [index, end] of ends.entries()) {
      const endsAt = `${end}T05:00:00.000Z`;
      expect(await resetShown(person)).toBe(endsAt);
      await goTo(before(endsAt));
      expect(await resetShown(person)).toBe(endsAt);
      await readAnswer(await chat(person, { text: ask({ output: 1 }, "Hi") }));
      if (index === ends.length - 1) {
        const { resetsAt, sentence } = await resetRefused(person);
        expect(resetsAt).toBe(endsAt);
        expect(sentence).toContain("12:00");
        expect(sentence).toContain(`${Number(end.slice(8))} April ${end.slice(0, 4)}`);
      }
      await goTo(endsAt);
    }
    // Every question stands in the period whose end was shown when it was asked.
    const logs = await app.database.sql`
      select p.kind, p.starts_at, p.ends_at, l.occurred_at from usage_logs l
        join budget_periods p on p.id = l.period_id where l.org_id = ${person.orgId} order by l.occurred_at`;
    expect(logs.map((row) => [row["kind"], row["ends_at"]])).toEqual([
      ["calendar", new Date(`${day}T05:00:00.000Z`)],
      ...ends.map((end) => ["cycle", new Date(`${end}T05:00:00.000Z`)]),
    ]);
  });
});
