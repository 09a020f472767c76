import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import {
  chat,
  chatJson,
  readRefusal,
  startApp,
  type AppUnderTest,
  type ChatBody,
} from "../support/app-under-test.ts";
import { consultOracle, markedQuestion } from "../support/oracle.ts";
import { untilQuiet } from "../support/quiescence.ts";
import { readAnswer } from "../support/read-answer.ts";

const MODELS = [
  "auto",
  "openai/gpt-5.4-mini",
  "openai/gpt-5.4",
  "anthropic/claude-haiku-4-5",
  "gemini/gemini-3.5-flash",
];

let app: AppUnderTest;
let person: Person;
let models: ReadonlySet<string>;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  const rows = await app.database.sql`select id from models`;
  models = new Set(rows.map((row) => String(row["id"])));
});

afterAll(async () => {
  await untilQuiet(app.database.sql);
  expect((await consultOracle(app.database.sql, app.simulator.everyCall)).faults).toEqual([]);
  await app.stop();
});

/** What was held for a turn, what it came to cost and what the provider was allowed to write. */
async function heldFor(turnId: string) {
  const [row] = await app.database.sql`
    select r.hold_micro_vnd::text as hold, p.output_tokens_max as plan_max, m.output_tokens_max as model_max,
           (select sum(cost_micro_vnd)::text from usage_logs where reservation_id = r.id) as cost
      from reservations r join budget_periods b on b.id = r.period_id join plans p on p.id = b.plan_id
      join provider_calls c on c.reservation_id = r.id join models m on m.id = c.model_id
     where r.turn_id = ${turnId}`;
  const call = app.simulator.calls.find((one) => one.lastUserText.includes(turnId));
  const body = call?.requestBody as Record<string, unknown> | undefined;
  return {
    holdMicroVnd: BigInt(String(row?.["hold"])),
    costMicroVnd: BigInt(String(row?.["cost"])),
    allowedMax: Math.min(Number(row?.["plan_max"]), Number(row?.["model_max"])),
    sentMax: Number(body?.["max_completion_tokens"] ?? body?.["max_tokens"]),
    request: body ?? {},
    written: call?.billed.output ?? 0,
  };
}

describe("F04 a hold covers the worst that may be sent", () => {
  it("whatever the caller asks for, a provider that writes to its cap costs no more than was held", async () => {
    const request = fc.record(
      {
        model: fc.constantFrom(...MODELS.filter((id) => id === "auto" || models.has(id))),
        max_tokens: fc.oneof(
          fc.integer({ min: 1, max: 64 }),
          fc.integer({ min: 65, max: 20_000 }),
          fc.constant(1_000_000),
        ),
        words: fc.stringMatching(/^[a-zđêôơư ]{1,400}$/),
        reasoning: fc.integer({ min: 0, max: 500 }),
      },
      { requiredKeys: ["model", "words", "reasoning"] },
    );
    await fc.assert(
      fc.asyncProperty(request, async ({ words, reasoning, ...asked }) => {
        const script = { output: 60_000, tokensPerChunk: 4_096, reasoning };
        const body: ChatBody & { messageId: string } = {
          ...markedQuestion(script, words),
          ...asked,
        };
        const answer = await readAnswer(await chat(person, body));
        const held = await heldFor(body.messageId);
        expect(answer.finishReason).toBe("length");
        expect(held.costMicroVnd).toBeLessThanOrEqual(held.holdMicroVnd);
        expect(held.costMicroVnd).toBeGreaterThan(0n);
        expect(held.sentMax).toBeLessThanOrEqual(held.allowedMax);
        expect(held.sentMax).toBeLessThanOrEqual(asked.max_tokens ?? held.allowedMax);
        expect(held.written).toBe(held.sentMax);
        expect(held.request).not.toHaveProperty("n");
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { n: 2 },
    { best_of: 3 },
    { max_output: 10_000_000 },
    { max_completion_tokens: 5 },
    { stream_options: {} },
    { tools: [] },
    { max_tokens: 0 },
    { max_tokens: -1 },
    { max_tokens: 1.5 },
    { max_tokens: 1e308 },
    { max_tokens: "100" },
    { max_tokens: null },
    { max_tokens: 1_000_001 },
  ])("%j is refused before anything is held", async (extra) => {
    const messageId = randomUUID();
    const json: unknown = JSON.parse(chatJson({ messageId }));
    const before = app.simulator.calls.length;
    const response = await chat(person, JSON.stringify({ ...(json as object), ...extra }));
    const refusal = await readRefusal(response);
    expect(refusal).toMatchObject({ status: 400, code: "invalid_input" });
    const rows = await app.database.sql`
      select 1 from reservations where turn_id = ${messageId} union all
      select 1 from turns where id = ${messageId}`;
    expect(rows).toHaveLength(0);
    expect(app.simulator.calls).toHaveLength(before);
  });
});
