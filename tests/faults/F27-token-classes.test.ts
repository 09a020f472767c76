import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { GOLDEN_TEXT, GOLDEN_WIRES, goldenStreams } from "../support/golden-streams.ts";
import { makeGoldenModel, setGoldenRate } from "../support/golden-world.ts";
import { readAnswer } from "../support/read-answer.ts";
import { booksOf, costOf } from "../support/turn-books.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  await setGoldenRate(app.database);
  for (const wire of GOLDEN_WIRES) await makeGoldenModel(app.database, wire);
});

beforeEach(() => {
  forgetProviderHealth();
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

describe("F27 every class of tokens is priced once, by its own price", () => {
  it.each(GOLDEN_WIRES)("%s: the golden stream costs its golden cost", async (wire) => {
    const { body, tokens, total, costMicroVnd } = goldenStreams[wire];
    app.simulator.script({ rawBody: body });
    const { answer, books } = await asked(`${wire}/golden`);
    expect(answer).toMatchObject({ text: GOLDEN_TEXT, isDone: true });
    const [log] = books.logs;
    expect(log).toMatchObject({ ...tokens, total, source: "reported", cost: costMicroVnd });
    expect(answer.receipt).toMatchObject({
      costMicroVnd: costMicroVnd.toString(),
      tokens: {
        freshInput: tokens.fresh,
        cachedInput: tokens.cached,
        cacheWrite: tokens.write5m + tokens.write1h,
        output: tokens.output,
        reasoning: tokens.reasoning,
      },
    });
  });

  /** What one more token of a class adds, in micro-VND: a fortieth of its price. */
  const addedBy = {
    input: 25_000n,
    cached: 2_500n,
    cacheWrite5m: 31_250n,
    cacheWrite1h: 50_000n,
    output: 200_000n,
    reasoning: 200_000n,
  } as const;
  const carried = {
    openai: ["input", "cached", "cacheWrite5m", "output", "reasoning"],
    gemini: ["input", "cached", "output", "reasoning"],
    anthropic: ["input", "cached", "cacheWrite5m", "cacheWrite1h", "output", "reasoning"],
  } as const;
  const base = {
    ...{ input: 100, cached: 200, cacheWrite5m: 0, cacheWrite1h: 0, output: 50, reasoning: 10 },
    tokensPerChunk: 100,
  };

  it.each(GOLDEN_WIRES)("%s: a thousand more of a class cost a thousand of it", async (wire) => {
    app.simulator.script(base);
    const plain = await asked(`${wire}/golden`);
    for (const name of carried[wire]) {
      app.simulator.script({ ...base, [name]: base[name] + 1_000 });
      const { books } = await asked(`${wire}/golden`);
      const added = costOf(books.logs) - costOf(plain.books.logs);
      expect({ name, added }).toEqual({ name, added: 1_000n * addedBy[name] });
    }
  });

  it("the parts add up to the stored total in every row, as the database demands", async () => {
    const rows = await app.database.sql`
      select 1 from usage_logs where kind = 'usage' and total_tokens <>
        fresh_input_tokens + cached_input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens`;
    expect(rows).toHaveLength(0);
    const insert = app.database.sql`
      insert into usage_logs select (jsonb_populate_record(l, jsonb_build_object(
        'id', gen_random_uuid(), 'provider_call_id', null, 'total_tokens', l.total_tokens + 1))).*
        from usage_logs l limit 1`;
    await expect(insert).rejects.toThrow(/violates check constraint/);
  });

  async function asked(model: string) {
    const messageId = randomUUID();
    const answer = await readAnswer(await chat(person, { messageId, model }));
    return { answer, books: await booksOf(app.database.sql, messageId) };
  }
});
