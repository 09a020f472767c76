import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeModel } from "../factories/models.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import {
  chat,
  PROVIDER_KEY,
  startApp,
  trpc,
  type AppUnderTest,
} from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import {
  startProviderSimulator,
  type Simulator,
  type SimulatorScript,
} from "../support/provider-simulator.ts";
import { readAnswer } from "../support/read-answer.ts";

let app: AppUnderTest;
let compatible: Simulator;
let person: Person;

beforeAll(async () => {
  compatible = await startProviderSimulator();
  const local = { name: "local", baseUrl: compatible.openAiBaseUrl, apiKey: PROVIDER_KEY };
  app = await startApp({ settings: { OPENAI_COMPATIBLE_PROVIDERS: JSON.stringify([local]) } });
  await makeModel(app.database.db, "local/tiny");
  person = await makeCustomer(app.database);
  await useUnevenRate();
});

/** At a round rate every cost is whole and a wrong rounding would not show. */
async function useUnevenRate(): Promise<void> {
  const { sql } = app.database;
  const [clock] = await sql`select date_trunc('milliseconds', app_now()) as now`;
  const now = String(clock?.["now"].toISOString());
  await sql`update exchange_rates set valid_to = ${now} where valid_to is null`;
  await sql`insert into exchange_rates (rate_milli_vnd, valid_from, source)
    values (26260777, ${now}, 'of the test')`;
}

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await compatible.stop();
  await app.stop();
});

const models = {
  openai: "openai/gpt-5.4-mini",
  gemini: "gemini/gemini-2.5-flash",
  local: "local/tiny",
  anthropic: "anthropic/claude-haiku-4-5",
} as const;
type Wire = keyof typeof models;

const everyWire: readonly Wire[] = ["openai", "gemini", "local", "anthropic"];

type Case = {
  readonly name: string;
  readonly script: SimulatorScript;
  readonly wires?: readonly Wire[];
  readonly finish?: string;
  readonly maxTokens?: number;
};

const cases: readonly Case[] = [
  { name: "plain", script: { output: 24 } },
  { name: "cached", script: { input: 211, cached: 1_024, output: 30 } },
  { name: "cache write", script: { input: 9, cacheWrite5m: 640, output: 12 }, wires: ["openai"] },
  {
    name: "cache write of both lifetimes",
    script: { input: 9, cached: 77, cacheWrite5m: 640, cacheWrite1h: 333, output: 12 },
    wires: ["anthropic"],
  },
  { name: "reasoning", script: { reasoning: 301, output: 40 } },
  { name: "shown reasoning", script: { reasoning: 96, showReasoning: true, output: 17 } },
  { name: "long", script: { output: 3_000, tokensPerChunk: 60 } },
  { name: "empty", script: { empty: true, reasoning: 33 } },
  { name: "refused", script: { refused: true, output: 8 }, finish: "content_filter" },
  { name: "length-stopped", script: { output: 5_000 }, finish: "length", maxTokens: 300 },
];

const table = cases.flatMap(({ wires = everyWire, ...rest }) =>
  wires.map((wire) => ({ wire, ...rest })),
);

describe("a call is booked as the provider billed it", () => {
  it.each(table)("$wire: $name", async ({ wire, script, finish = "stop", maxTokens }) => {
    const simulator = wire === "local" ? compatible : app.simulator;
    simulator.reset();
    const response = await chat(person, {
      model: models[wire],
      text: ask(script),
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    });
    const answer = await readAnswer(response);
    const [call, ...others] = simulator.calls;
    expect(others).toEqual([]);
    const billed = call?.billed;
    const [log] = await app.database.sql`
      select l.*, c.provider_request_id, c.outcome from usage_logs l
        join provider_calls c on c.id = l.provider_call_id
       where l.id = ${answer.receipt?.usageLogIds[0] ?? ""}`;
    expect(log).toMatchObject({
      provider_request_id: call?.callId,
      outcome: "complete",
      source: "reported",
      provider: wire,
      model_id: models[wire],
      served_model: call?.servedModel,
      fresh_input_tokens: billed?.freshInput,
      cached_input_tokens: billed?.cachedInput,
      cache_write_5m_tokens: billed?.cacheWrite5m,
      cache_write_1h_tokens: billed?.cacheWrite1h,
      output_tokens: billed?.output,
      reasoning_tokens: billed?.reasoning,
      cost_micro_vnd: (
        BigInt(answer.receipt?.costMicroVnd ?? 0) + BigInt(answer.receipt?.creditedMicroVnd ?? 0)
      ).toString(),
    });
    expect(answer.text).toBe(call?.textSent);
    expect(answer).toMatchObject({ isDone: true, finishReason: finish, error: null });
    expect(answer.receipt).toMatchObject({
      state: "complete",
      tokens: { freshInput: billed?.freshInput, output: billed?.output },
    });
  });
});

it.each(["openai/gpt-5.4", "gemini/gemini-3.1-pro-preview"])(
  "%s: a long context is priced by the tier of the tokens the provider counted",
  async (model) => {
    // A tier that a question which fits a request of ours can pass.
    await app.database.sql`
      insert into model_prices (model_id, valid_from, context_tokens_min, fresh_input_pico_usd, cached_input_pico_usd,
                                cache_write_5m_pico_usd, cache_write_1h_pico_usd, output_pico_usd, source)
      select model_id, valid_from, 4000, 2 * fresh_input_pico_usd, cached_input_pico_usd, cache_write_5m_pico_usd,
             cache_write_1h_pico_usd, 2 * output_pico_usd, 'a tier of the test'
        from model_prices where model_id = ${model} and context_tokens_min = 0 and valid_to is null`;
    const text = ask({ input: 6_000, cached: 1_000, output: 20 });
    const answer = await readAnswer(await chat(person, { model, text }));
    const [row] = await app.database.sql`
      select p.context_tokens_min = 4000 as is_long, held.context_tokens_min as tier_held
        from usage_logs l join model_prices p on p.id = l.price_id
        join provider_calls c on c.id = l.provider_call_id join model_prices held on held.id = c.price_id
       where l.id = ${answer.receipt?.usageLogIds[0] ?? ""}`;
    expect(row).toEqual({ is_long: true, tier_held: 0 });
  },
);

it("a stream that never reports usage is estimated and says so", async () => {
  app.simulator.reset();
  const script = { usage: "none", text: "Bầu trời xanh vì tán xạ Rayleigh." } as const;
  const response = await chat(person, { model: models.openai, text: ask(script) });
  const answer = await readAnswer(response);
  expect(answer.receipt).toMatchObject({ source: "estimated", state: "complete" });
  expect(answer.receipt?.tokens.freshInput).toBeGreaterThan(10);
  expect(answer.receipt?.tokens.output).toBeGreaterThan(8);
});

it("what is shown is what is booked: bar, history and month add up to the logs", async () => {
  const [sum] = await app.database.sql`
    select sum(cost_micro_vnd)::text as cost, (count(*) filter (where kind = 'usage'))::int as calls,
           count(*)::int as rows from usage_logs
     where user_id = ${person.userId}`;
  const summary = await trpc(person, "costOptimization.getUsageSummary");
  expect(summary.data).toMatchObject({
    period: { usedMicroVnd: sum?.["cost"], reservedMicroVnd: "0" },
    month: { totalCostMicroVnd: sum?.["cost"], totalQueries: sum?.["calls"] },
    messagesToday: { count: sum?.["calls"] },
  });
  const history = await trpc(person, "costOptimization.getUsageHistory", { input: { page: 1 } });
  expect(history.data).toMatchObject({
    totalCostMicroVnd: sum?.["cost"],
    totalRows: sum?.["rows"],
  });
});

it("a request the provider refuses with a status costs nothing and gives the hold back", async () => {
  const script = { status: 429, errorCode: "rate_limit_exceeded" };
  const response = await chat(person, { model: models.anthropic, text: ask(script) });
  expect(response.status).toBe(502);
  const [row] = await app.database.sql`
    select l.cost_micro_vnd, r.state, c.outcome from usage_logs l
      join provider_calls c on c.id = l.provider_call_id
      join reservations r on r.id = c.reservation_id order by l.created_at desc limit 1`;
  expect(row).toEqual({ cost_micro_vnd: "0", state: "settled", outcome: "throttled" });
});

it("a provider that breaks off is paid for what was seen and the answer is kept", async () => {
  const outcomes = [];
  for (const script of [{ errorAfter: 2 }, { resetAfter: 2 }, { endAfter: 2 }]) {
    const response = await chat(person, { model: models.openai, text: ask(script) });
    const answer = await readAnswer(response);
    expect(answer.error?.code).toBe("provider_failed");
    expect(answer.isDone).toBe(false);
    expect(answer.text.length).toBe(32);
    outcomes.push(`${answer.receipt?.source ?? ""} ${answer.receipt?.state ?? ""}`);
  }
  expect(new Set(outcomes)).toEqual(new Set(["estimated interrupted"]));
});
