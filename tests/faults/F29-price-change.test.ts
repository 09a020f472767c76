import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { makeModel, makePrice } from "../factories/models.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { setClock } from "../support/test-database.ts";

const DAY_MS = 86_400_000;

let app: AppUnderTest;
let person: Person;
let count = 0;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
});

beforeEach(() => {
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** A model of its own, at 1 and 4 USD. */
async function newModel(): Promise<string> {
  count += 1;
  return makeModel(app.database.db, `openai/house-${count}`, { inputUsd: "1", outputUsd: "4" });
}

async function prices(modelId: string) {
  return app.database.sql`
    select * from model_prices where model_id = ${modelId} order by valid_from, valid_to`;
}

/** The log of an answer with the price it names and what its tokens cost at that. */
async function logOf(response: Response) {
  const answer = await readAnswer(response);
  const [row] = await app.database.sql`
    select l.*, c.price_id as price_held,
           ceil((l.fresh_input_tokens::numeric * p.fresh_input_pico_usd
                 + l.cached_input_tokens::numeric * p.cached_input_pico_usd
                 + l.output_tokens::numeric * p.output_pico_usd) * r.rate_milli_vnd / 1000000000)::text as at_its_price
      from usage_logs l join model_prices p on p.id = l.price_id join exchange_rates r on r.id = l.rate_id
      join provider_calls c on c.id = l.provider_call_id
     where l.id = ${answer.receipt?.usageLogIds[0] ?? ""}`;
  return row;
}

const setPrice = (values: Record<string, string>) =>
  adminVerbs["set-price"]?.(app.database.db, { values, words: [] });

describe("F29 a price changed in the middle of a month", () => {
  it("answers before keep the old version, answers after have the new one, both add up", async () => {
    const model = await newModel();
    const before = await logOf(await chat(person, { model }));
    await makePrice(app.database.db, model, { inputUsd: "10", outputUsd: "40" });
    const after = await logOf(await chat(person, { model }));
    const [old, young] = await prices(model);
    expect(before).toMatchObject({ price_id: old?.["id"], price_held: old?.["id"] });
    expect(after).toMatchObject({ price_id: young?.["id"], price_held: young?.["id"] });
    expect(old?.["valid_to"]).toEqual(young?.["valid_from"]);
    for (const log of [before, after]) expect(log?.["cost_micro_vnd"]).toBe(log?.["at_its_price"]);
    expect(Number(after?.["cost_micro_vnd"])).toBeGreaterThan(
      5 * Number(before?.["cost_micro_vnd"]),
    );
    const [again] = await app.database.sql`select * from usage_logs where id = ${before?.["id"]}`;
    expect(again?.["cost_micro_vnd"]).toBe(before?.["cost_micro_vnd"]);
  });

  it("an answer that streams across the change costs what it was admitted at", async () => {
    const model = await newModel();
    const text = ask({ output: 40, tokensPerChunk: 10, pauseAfter: 1 });
    const response = await chat(person, { model, text });
    await makePrice(app.database.db, model, { inputUsd: "10", outputUsd: "40" });
    app.simulator.release();
    const log = await logOf(response);
    const [old] = await prices(model);
    expect(log).toMatchObject({ price_id: old?.["id"], cost_micro_vnd: log?.["at_its_price"] });
    expect(log?.["output_tokens"]).toBe(40);
  });

  it("the past of a price cannot be changed, nor any of its amounts", async () => {
    const model = await newModel();
    const before = await prices(model);
    const { sql } = app.database;
    await expect(
      sql`update model_prices set output_pico_usd = 1 where model_id = ${model}`,
    ).rejects.toMatchObject({ code: "PH002" });
    await expect(sql`delete from model_prices where model_id = ${model}`).rejects.toMatchObject({
      code: "PH002",
    });
    const usd = { "input-usd-per-mtok": "2", "output-usd-per-mtok": "2" };
    const yesterday = new Date(Date.now() - DAY_MS).toISOString();
    await expect(setPrice({ model, ...usd, from: yesterday })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(setPrice({ model, ...usd, from: "next week" })).rejects.toThrow(/ISO instant/);
    expect(await prices(model)).toEqual(before);
  });

  it("many changes at once leave one version after the other and a single open one", async () => {
    const model = await newModel();
    const usd = ["2", "3", "4", "5", "6", "7"];
    await Promise.all(
      usd.map((inputUsd) => makePrice(app.database.db, model, { inputUsd, outputUsd: "9" })),
    );
    const rows = await prices(model);
    expect(rows).toHaveLength(7);
    // A version replaced before it began has no time at all.
    const versions = rows.filter((row) => Number(row["valid_from"]) !== Number(row["valid_to"]));
    expect(versions.filter((row) => row["valid_to"] === null)).toHaveLength(1);
    versions.slice(1).forEach((row, index) => {
      expect(versions[index]?.["valid_to"]).toEqual(row["valid_from"]);
    });
  });

  it("a price changed while people ask is never named by a call admitted outside its time", async () => {
    const model = await newModel();
    const asking = Promise.all(
      Array.from({ length: 4 }, async () => {
        const asker = await makeCustomer(app.database);
        for (let index = 0; index < 8; index += 1) {
          const answer = await readAnswer(await chat(asker, { model }));
          expect(answer.isDone).toBe(true);
        }
      }),
    );
    for (let index = 0; index < 6; index += 1) {
      await makePrice(app.database.db, model, { inputUsd: `${index + 2}`, outputUsd: "9" });
    }
    await asking;
    const outside = await app.database.sql`
      select l.id from usage_logs l join model_prices p on p.id = l.price_id
       where l.model_id = ${model}
         and (l.occurred_at < p.valid_from or l.occurred_at >= p.valid_to)`;
    expect(outside).toEqual([]);
  });

  it("a price planned for a day holds from its first instant, and survives another change", async () => {
    const model = await newModel();
    const from = new Date(Date.now() + 3 * DAY_MS);
    const usd = { "input-usd-per-mtok": "8", "output-usd-per-mtok": "32" };
    expect(await setPrice({ model, ...usd, from: from.toISOString() })).toEqual({
      model,
      priced: true,
    });
    const [today, planned] = await prices(model);
    expect(today?.["valid_to"]).toEqual(from);
    expect((await logOf(await chat(person, { model })))?.["price_id"]).toBe(today?.["id"]);
    await makePrice(app.database.db, model, { inputUsd: "2", outputUsd: "8" });
    const between = (await prices(model)).find((row) => row["fresh_input_pico_usd"] === "2000000");
    expect(between?.["valid_to"]).toEqual(from);
    await setClock(app.database.sql, new Date(from.getTime() - 5_000));
    expect((await logOf(await chat(person, { model })))?.["price_id"]).toBe(between?.["id"]);
    await setClock(app.database.sql, from);
    expect((await logOf(await chat(person, { model })))?.["price_id"]).toBe(planned?.["id"]);
  });

  it("retiring a price closes the model for good, whatever was planned", async () => {
    const model = await newModel();
    const [clock] = await app.database.sql`select app_now() as now`;
    const from = new Date(Number(clock?.["now"]) + DAY_MS);
    const usd = { "input-usd-per-mtok": "8", "output-usd-per-mtok": "32" };
    await setPrice({ model, ...usd, from: from.toISOString() });
    await adminVerbs["retire-price"]?.(app.database.db, { values: { model }, words: [] });
    await setClock(app.database.sql, new Date(from.getTime() + 1_000));
    expect((await readRefusal(await chat(person, { model }))).code).toBe("model_unpriced");
  });
});
