import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { alertUnpricedModels } from "@/features/models/alert-unpriced-models.ts";
import { makeModel, makePrice } from "../factories/models.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, readRefusal, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { runScript } from "../support/run-script.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp({ settings: { GEMINI_API_KEY: "" } });
  person = await makeCustomer(app.database);
});

beforeEach(() => {
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const admin = (verb: string, values: Record<string, string | boolean>) =>
  adminVerbs[verb]?.(app.database.db, { values, words: [] });

/** Runs the job. @returns the causes that are open after it. */
async function told(): Promise<readonly string[]> {
  await alertUnpricedModels(app.database.db);
  const rows = await app.database.sql`
    select dedupe_key, payload->>'why' as why from ops_alerts where resolved_at is null order by dedupe_key`;
  return rows.map((row) => `${String(row["dedupe_key"])} ${String(row["why"])}`);
}

async function mailsAbout(cause: string): Promise<number> {
  const [row] = await app.database
    .sql`select count(*)::int as count from outbox where payload->>'cause' = ${cause}`;
  return Number(row?.["count"]);
}

async function traces() {
  const [row] = await app.database.sql`
    select (select count(*)::int from usage_logs) as logs, (select count(*)::int from reservations) as holds`;
  return { ...row, calls: app.simulator.calls.length };
}

/** A price of nothing, as a slip at the database would make it. */
async function plantZeroPrice(modelId: string): Promise<void> {
  await app.database.sql`
    insert into model_prices (model_id, valid_from, fresh_input_pico_usd, cached_input_pico_usd,
                              cache_write_5m_pico_usd, cache_write_1h_pico_usd, output_pico_usd, source)
    values (${modelId}, date_trunc('milliseconds', app_now()), 0, 0, 0, 0, 0, 'a slip')`;
}

const nothing = { "input-usd-per-mtok": "0", "output-usd-per-mtok": "0" };

describe("F09 a model without a price, or with a price of zero by mistake", () => {
  it("every model of the first catalogue is priced", async () => {
    expect(await told()).toEqual([]);
  });

  it.each([
    ["never priced", "openai/never", "no_price", () => Promise.resolve()],
    ["priced at zero", "openai/zero", "price_of_zero", () => plantZeroPrice("openai/zero")],
  ] as const)(
    "%s: closed before any provider is asked, ops told once, until it is priced",
    async (_name, modelId, why, plant) => {
      await makeModel(app.database.db, modelId, { inputUsd: null });
      await plant();
      const before = await traces();
      const refusal = await readRefusal(await chat(person, { model: modelId }));
      expect(refusal).toMatchObject({ status: 503, code: "model_unpriced", modelId });
      expect(await traces()).toEqual(before);
      // Told by the refusal itself; the job adds why.
      expect(await mailsAbout(`model_unpriced:${modelId}`)).toBe(1);
      expect(await told()).toEqual([`model_unpriced:${modelId} ${why}`]);
      expect(await told()).toEqual([`model_unpriced:${modelId} ${why}`]);
      expect(await mailsAbout(`model_unpriced:${modelId}`)).toBe(1);
      await makePrice(app.database.db, modelId, { inputUsd: "1", outputUsd: "2" });
      expect(await told()).toEqual([]);
      expect((await readAnswer(await chat(person, { model: modelId }))).isDone).toBe(true);
      await admin("retire-price", { model: modelId });
      expect(await told()).toEqual([`model_unpriced:${modelId} no_price`]);
      expect(await mailsAbout(`model_unpriced:${modelId}`)).toBe(2);
      await app.database.sql`update models set enabled = false where id = ${modelId}`;
      expect(await told()).toEqual([]);
    },
  );

  it("is never chosen by the engine, though it would be the cheapest", async () => {
    await makeModel(app.database.db, "openai/gift", { inputUsd: null });
    await plantZeroPrice("openai/gift");
    const answer = await readAnswer(await chat(person, { text: "Chào bạn" }));
    expect(answer.receipt?.servedModelId).not.toBe("openai/gift");
    expect(BigInt(answer.receipt?.costMicroVnd ?? "0")).toBeGreaterThan(0n);
    await app.database.sql`update models set enabled = false where id = 'openai/gift'`;
  });

  it("a price of zero is refused at the shell in one sentence, unless the model is marked free", async () => {
    await makeModel(app.database.db, "openai/paid", { inputUsd: "1" });
    const { exitCode, output, errors } = await runScript("src/cli/admin.ts", [
      ...["set-price", "--model", "openai/paid"],
      ...Object.entries(nothing).flatMap(([name, value]) => [`--${name}`, value]),
    ]);
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: "" });
    expect(errors).toMatch(/^invalid_input: openai\/paid is not marked free, .* cannot be 0/);
    const zero = { model: "openai/paid", ...nothing, "input-usd-per-mtok": "0.000000" };
    await expect(admin("set-price", zero)).rejects.toMatchObject({ code: "invalid_input" });
    const answer = await readAnswer(await chat(person, { model: "openai/paid" }));
    expect(BigInt(answer.receipt?.costMicroVnd ?? "0")).toBeGreaterThan(0n);

    await admin("add-model", { model: "openai/free", free: true });
    await admin("set-price", { model: "openai/free", ...nothing });
    const free = await readAnswer(await chat(person, { model: "openai/free" }));
    expect(free.receipt?.costMicroVnd).toBe("0");
    expect(await told()).toEqual([]);
  });

  it("a model nobody can reach is no news: its provider has no key", async () => {
    await makeModel(app.database.db, "gemini/unreachable", { inputUsd: null });
    expect(await told()).toEqual([]);
  });

  it("a long-context price alone opens nothing", async () => {
    await makeModel(app.database.db, "openai/long", { inputUsd: null });
    await app.database.sql`
      insert into model_prices (model_id, valid_from, context_tokens_min, fresh_input_pico_usd, cached_input_pico_usd,
                                cache_write_5m_pico_usd, cache_write_1h_pico_usd, output_pico_usd, source)
      values ('openai/long', date_trunc('milliseconds', app_now()), 100000, 9, 9, 9, 9, 9, 'a slip')`;
    expect((await readRefusal(await chat(person, { model: "openai/long" }))).code).toBe(
      "model_unpriced",
    );
    expect(await told()).toEqual(["model_unpriced:openai/long no_price"]);
    await app.database.sql`update models set enabled = false where id = 'openai/long'`;
  });

  it("without an exchange rate nothing can be priced: all is closed and ops are told", async () => {
    const { sql } = app.database;
    await sql`update exchange_rates set valid_to = date_trunc('milliseconds', app_now())
               where valid_to is null`;
    const before = await traces();
    expect((await readRefusal(await chat(person, {}))).code).toBe("model_unpriced");
    expect(await traces()).toEqual(before);
    expect((await told()).map((cause) => cause.split(" ")[0])).toEqual([
      "model_unpriced:auto",
      "rate_stale:missing",
    ]);
    expect(await admin("set-rate", { "vnd-per-usd": "26260" })).toMatchObject({ isChanged: true });
    expect(await told()).toEqual([]);
    expect((await readAnswer(await chat(person, {}))).isDone).toBe(true);
  });
});
