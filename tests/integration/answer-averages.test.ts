import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plansView } from "@/features/plans/schema.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";

const ANSWERS_MIN = 20;
const easy = "Hello there";
const hard =
  "Prove that there are infinitely many primes p such that p = 3 mod 4, and analyse each step.";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

async function answer(person: Person, words: string, output: number): Promise<void> {
  const given = await readAnswer(await chat(person, { text: ask({ output }, words) }));
  expect(given.error).toBeNull();
}

describe("about how many answers a plan buys", () => {
  it("is its budget over the mean cost of what was answered, simple and complex apart", async () => {
    const person = await makePerson(app.database, { planId: "ultimate" });
    for (let count = 0; count < ANSWERS_MIN; count += 1) {
      await answer(person, easy, 20 + count);
      await answer(person, hard, 400 + 10 * count);
    }
    const means = await app.database.sql<{ kind: string; answers: number; mean: string }[]>`
      select query_complexity as kind, count(*)::int as answers, div(sum(cost_micro_vnd), count(*))::text as mean
        from usage_logs where kind = 'usage' and org_id = ${person.orgId} group by 1 order by 1`;
    expect(means.map(({ kind, answers }) => [kind, answers])).toEqual([
      ["complex", ANSWERS_MIN],
      ["simple", ANSWERS_MIN],
    ]);
    const [complex, simple] = means.map(({ mean }) => BigInt(mean));
    const { plans, averagesOf } = plansView.parse((await trpc(person, "billing.getPlans")).data);
    expect(averagesOf).toBe(2 * ANSWERS_MIN);
    for (const { cycleLimitMicroVnd, answers } of plans) {
      const limit = BigInt(cycleLimitMicroVnd);
      expect(answers).toEqual({
        simple: Number(limit / (simple ?? 0n)),
        complex: Number(limit / (complex ?? 0n)),
      });
    }
  });
});
