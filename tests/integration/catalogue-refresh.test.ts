import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { BUNDLED_SOURCE } from "@/features/models/read-bundled-prices.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

const ALERT = "catalogue_differs";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const admin = (verb: string, values: Record<string, string | boolean> = {}) =>
  Promise.resolve(adminVerbs[verb]?.(database.db, { values, words: [] }));

const compared = z.object({
  changes: z.array(z.looseObject({ modelId: z.string(), isSetByHand: z.boolean() })),
  approvalId: z.string().nullable(),
  approvalState: z.string().nullable(),
});
const propose = async () => compared.parse(await admin("propose-catalogue"));

async function isTold(): Promise<boolean> {
  const rows = await database.sql`
    select id from ops_alerts where dedupe_key = ${ALERT} and resolved_at is null`;
  return rows.length > 0;
}

/** The output prices of a model, as they followed each other, with where they are from. */
async function versions(modelId: string) {
  const rows = await database.sql`
    select output_pico_usd, source, valid_to is null as is_open from model_prices
     where model_id = ${modelId} and context_tokens_min = 0 order by valid_from`;
  return rows.map(
    (row) =>
      `${String(row["output_pico_usd"])} ${String(row["source"])}${row["is_open"] === true ? " open" : ""}`,
  );
}

/** The catalogue as an older package would have left it. */
async function plantOldPrice(modelId: string, outputPicoUsd: number): Promise<void> {
  await database.sql`
    update model_prices set valid_to = date_trunc('milliseconds', app_now())
     where model_id = ${modelId} and valid_to is null`;
  await database.sql`
    insert into model_prices (model_id, valid_from, fresh_input_pico_usd, cached_input_pico_usd,
                              cache_write_5m_pico_usd, cache_write_1h_pico_usd, output_pico_usd, source)
    values (${modelId}, date_trunc('milliseconds', app_now()), 200000, 20000, 400000, 400000,
            ${outputPicoUsd}, '@pydantic/genai-prices 0.0.1')`;
}

const usd = { "input-usd-per-mtok": "3", "output-usd-per-mtok": "7" };

describe("the catalogue and the bundled prices", () => {
  it("agree after the first fill, whose source names the package's version", async () => {
    expect(await propose()).toMatchObject({ changes: [], approvalId: null });
    expect(await isTold()).toBe(false);
    const manifest = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync("package.json", "utf8")));
    const version = manifest.dependencies["@pydantic/genai-prices"] ?? "";
    expect(BUNDLED_SOURCE).toBe(`@pydantic/genai-prices ${version}`);
  });

  it("a difference becomes one proposal with both prices, and ops are told once", async () => {
    await plantOldPrice("openai/gpt-5-mini", 1_500_000);
    const [first, second] = await Promise.all([propose(), propose()]);
    expect(first.approvalId).toBe(second.approvalId);
    expect(first.changes).toEqual([
      {
        modelId: "openai/gpt-5-mini",
        isSetByHand: false,
        beforePriceIds: [expect.any(String)],
        before: [
          {
            contextTokensMin: 0,
            freshInputUsdPerMtok: "0.2",
            cachedInputUsdPerMtok: "0.02",
            cacheWrite5mUsdPerMtok: "0.4",
            cacheWrite1hUsdPerMtok: "0.4",
            outputUsdPerMtok: "1.5",
          },
        ],
        after: [
          {
            contextTokensMin: 0,
            freshInputUsdPerMtok: "0.25",
            cachedInputUsdPerMtok: "0.025",
            cacheWrite5mUsdPerMtok: "0.5",
            cacheWrite1hUsdPerMtok: "0.5",
            outputUsdPerMtok: "2",
          },
        ],
      },
    ]);
    expect(await isTold()).toBe(true);
    const [counted] = await database.sql`
      select (select count(*)::int from approvals) as approvals,
             (select count(*)::int from outbox where payload->>'cause' = ${ALERT}) as mails`;
    expect(counted).toEqual({ approvals: 1, mails: 1 });
    expect(await versions("openai/gpt-5-mini")).toHaveLength(2);
  });

  it("approved, exactly those models get the new price from then on; what ops set stays", async () => {
    await admin("set-price", { model: "openai/gpt-5.4", ...usd });
    const before = await database.sql`select * from model_prices order by id`;
    const { approvalId, changes } = await propose();
    expect(changes.map(({ modelId, isSetByHand }) => [modelId, isSetByHand])).toEqual([
      ["openai/gpt-5-mini", false],
      ["openai/gpt-5.4", true],
    ]);
    expect(await admin("list-approvals")).toMatchObject({
      approvals: [{ id: approvalId, kind: "catalogue", state: "pending" }],
    });
    const id = approvalId ?? "";
    expect(await admin("approve", { id })).toMatchObject({ modelIds: ["openai/gpt-5-mini"] });
    expect(await versions("openai/gpt-5-mini")).toEqual([
      `2000000 ${BUNDLED_SOURCE}`,
      "1500000 @pydantic/genai-prices 0.0.1",
      `2000000 ${BUNDLED_SOURCE}, approved by cli open`,
    ]);
    expect((await versions("openai/gpt-5.4")).at(-1)).toBe("7000000 set by cli open");
    const after = await database.sql`select * from model_prices order by id`;
    for (const row of before) {
      const same = after.find((one) => one["id"] === row["id"]);
      const isEnded = row["model_id"] === "openai/gpt-5-mini" && row["valid_to"] === null;
      expect({ ...same, valid_to: isEnded ? null : same?.["valid_to"] }).toEqual(row);
    }
    expect(await isTold()).toBe(false);
    await expect(admin("approve", { id })).rejects.toMatchObject({ code: "state_conflict" });
    await expect(admin("reject", { id, reason: "late" })).rejects.toMatchObject({
      code: "state_conflict",
    });
  });

  it("a price set by hand is overwritten only when ops say so, with all its tiers", async () => {
    const { approvalId, changes } = await propose();
    expect(changes.map(({ modelId }) => modelId)).toEqual(["openai/gpt-5.4"]);
    const id = approvalId ?? "";
    await expect(admin("approve", { id })).rejects.toThrow(/--overwrite-hand-set/);
    expect(await admin("list-approvals")).toMatchObject({ approvals: [{ id, state: "pending" }] });
    expect(await isTold()).toBe(true);
    await admin("approve", { id, "overwrite-hand-set": true });
    const tiers = await database.sql`
      select context_tokens_min from model_prices
       where model_id = 'openai/gpt-5.4' and valid_to is null order by context_tokens_min`;
    expect(tiers.map((row) => row["context_tokens_min"])).toEqual([0, 272_000]);
    expect(await propose()).toMatchObject({ changes: [], approvalId: null });
  });

  it("rejected differences are not asked again; others take the place of those that wait", async () => {
    await plantOldPrice("openai/gpt-5-nano", 300_000);
    const first = await propose();
    await admin("reject", { id: first.approvalId ?? "", reason: "we have a contract" });
    expect(await propose()).toMatchObject({ ...first, approvalState: "rejected" });
    expect(await isTold()).toBe(false);
    await plantOldPrice("gemini/gemini-2.5-flash", 300_000);
    const second = await propose();
    await plantOldPrice("anthropic/claude-opus-5", 300_000);
    const third = await propose();
    expect(await admin("list-approvals", { state: "all" })).toMatchObject({
      approvals: expect.arrayContaining([
        expect.objectContaining({ id: second.approvalId, state: "rejected", decidedBy: "job" }),
        expect.objectContaining({ id: third.approvalId, state: "pending", decidedBy: null }),
      ]),
    });
  });

  it("a proposal whose models were priced anew since cannot be approved: nothing of it applies", async () => {
    const { approvalId } = await propose();
    await admin("set-price", { model: "gemini/gemini-2.5-flash", ...usd });
    const before = await database.sql`select id, valid_to from model_prices order by id`;
    await expect(admin("approve", { id: approvalId ?? "" })).rejects.toMatchObject({
      code: "state_conflict",
    });
    expect(await database.sql`select id, valid_to from model_prices order by id`).toEqual(before);
  });

  it("a retired price is not proposed, a model that never had one is, an unknown one is left out", async () => {
    await admin("retire-price", { model: "anthropic/claude-sonnet-5" });
    await admin("add-model", { model: "openai/gpt-4o-mini" });
    await admin("add-model", { model: "openai/of-the-house" });
    const { changes } = await propose();
    const ids = changes.map(({ modelId }) => modelId);
    expect(ids).toContain("openai/gpt-4o-mini");
    expect(changes.find(({ modelId }) => modelId === "openai/gpt-4o-mini")).toMatchObject({
      before: [],
    });
    expect(ids).not.toContain("anthropic/claude-sonnet-5");
    expect(ids).not.toContain("openai/of-the-house");
  });

  it("every word on it is in the audit log", async () => {
    const rows = await database.sql`
      select action, actor, reason from audit_log where action like 'approval.%' order by created_at, id`;
    expect(rows.map((row) => `${String(row["action"])} ${String(row["actor"])}`)).toEqual([
      "approval.reject job",
      "approval.approve cli",
      "approval.approve cli",
      "approval.reject cli",
      "approval.reject job",
      "approval.reject job",
    ]);
  });
});
