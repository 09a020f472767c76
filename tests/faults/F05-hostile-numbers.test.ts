import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { db } from "@/server/db/client.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { chat, chatJson, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { readAnswer } from "../support/read-answer.ts";

let app: AppUnderTest;
let person: Person;
let logId: string;
let before: unknown;

/** Everything that is money or a limit, as text; nothing refused may move it. */
async function books() {
  const rows = await app.database.sql`
    select (select json_agg(p order by id) from budget_periods p)::text as periods,
           (select json_agg(m order by user_id) from org_members m)::text as members,
           (select json_agg(s) from user_cost_settings s)::text as settings,
           (select json_agg(m order by id) from model_prices m)::text as prices,
           (select count(*)::int from models) as models, (select count(*)::int from users) as users,
           (select count(*)::int from usage_logs) as logs, (select count(*)::int from operations) as operations,
           (select count(*)::int from audit_log) as audited, (select count(*)::int from budget_overrides) as overrides,
           (select count(*)::int from turns) as turns`;
  return rows[0];
}

beforeAll(async () => {
  app = await startApp();
  person = await makePerson(app.database, { planId: "premium" });
  await readAnswer(await chat(person, {}));
  const [log] = await app.database.sql`select id from usage_logs`;
  logId = String(log?.["id"]);
});

beforeEach(async () => {
  before = await books();
});

afterAll(() => app.stop());

/** What no amount of money may be, in any door that takes whole đồng or micro-VND as text. */
const texts = [
  ...[
    "-1",
    "-0.5",
    "NaN",
    "-NaN",
    "Infinity",
    "-Infinity",
    "1e308",
    "1e3",
    "-1e308",
    "0x10",
    "1_000",
  ],
  ...["", " ", "1 ", " 1", "1,5", "1.1234567", "٣", "null", "true", "9".repeat(40), "１２", "1\n"],
];
const numbers = [-1, 0, -0.5, 0.5, 1.5, NaN, Infinity, -Infinity, 1e308, -1e308, 2 ** 63];

const settings = ["monthlyBudgetMicroVnd", "dailyCapMicroVnd", "maxCostPerQueryMicroVnd"];

describe("F05 hostile numbers in what a person sends", () => {
  it.each(settings)("%s takes a whole amount above nothing, and no other", async (name) => {
    for (const value of [...texts, "0", "00", "1.5", ...numbers, true, [], {}]) {
      const answer = await trpc(person, "costOptimization.updateCostSettings", {
        method: "POST",
        input: { [name]: value },
      });
      expect([value, answer.status, answer.code]).toEqual([value, 400, "invalid_input"]);
    }
    expect(await books()).toEqual(before);
  });

  it("thresholds and pages are whole numbers inside their bounds", async () => {
    for (const value of [...numbers, 101, "75", null]) {
      const thresholds = await trpc(person, "costOptimization.updateCostSettings", {
        method: "POST",
        input: { budgetAlertThresholds: [value] },
      });
      const page = await trpc(person, "costOptimization.getUsageHistory", {
        input: { page: value === 101 ? 1e9 : value },
      });
      expect([value, thresholds.code, page.code]).toEqual([
        value,
        "invalid_input",
        "invalid_input",
      ]);
    }
    expect(await books()).toEqual(before);
  });

  it("max_tokens is a whole number above nothing, and the hold obeys the plan's cap", async () => {
    const json = [
      "-1",
      "0",
      "-0.5",
      "0.5",
      "1.5",
      "1e308",
      "-1e308",
      '"5"',
      "NaN",
      "1e400",
      "null",
      "[]",
    ];
    for (const value of json) {
      const body = chatJson({ text: "Hi" }).replace(/}$/, `,"max_tokens":${value}}`);
      const response = await chat(person, body);
      expect([value, response.status]).toEqual([value, 400]);
      await response.body?.cancel();
    }
    expect(await books()).toEqual(before);
  });
});

type Flags = Record<string, string>;

/** The money flags of every verb, with all else that it needs. */
const verbs = (): readonly (readonly [string, string, Flags])[] => [
  ["set-budget", "vnd", { email: person.email }],
  ["override-budget", "vnd", { email: person.email, until: "2099-01-01T00:00:00Z", reason: "x" }],
  ["override-budget", "until", { email: person.email, vnd: "1", reason: "x" }],
  ["set-member-cap", "vnd", { email: person.email }],
  ["adjust-usage", "vnd", { log: logId, note: "x" }],
  ["adjust-usage", "log", { vnd: "1", note: "x" }],
  [
    "create-user",
    "budget-vnd",
    { email: "f05@pho.example", password: "mật khẩu rất dài", plan: "starter" },
  ],
  ["set-price", "input-usd-per-mtok", { model: "openai/gpt-5.4", "output-usd-per-mtok": "1" }],
  ["set-price", "output-usd-per-mtok", { model: "openai/gpt-5.4", "input-usd-per-mtok": "1" }],
  ["add-model", "output-tokens-max", { model: "openai/f05" }],
  ["add-model", "context-tokens-max", { model: "openai/f05" }],
  ["usage", "limit", { email: person.email }],
];

/** Numbers by JavaScript's reading of a text. */
const scripted = new Set(["1e3", "0x10", "1 ", " 1", "1\n"]);

/** Texts of the list that are a right word for one verb. */
const allowed: Readonly<Record<string, ReadonlySet<string>>> = {
  // A correction may give back, in parts of a đồng.
  "adjust-usage": new Set(["-1", "-0.5"]),
  // Counts of rows and of tokens: no money.
  usage: scripted,
  "add-model": scripted,
};

describe("F05 hostile numbers in what an operator types", () => {
  it("are refused by every verb, and nothing moves", async () => {
    for (const [verb, flag, rest] of verbs()) {
      for (const value of texts) {
        if (allowed[verb]?.has(value) === true) continue;
        const run = adminVerbs[verb]?.(db(), { values: { ...rest, [flag]: value }, words: [] });
        await expect(run, `${verb} --${flag}=${value}`).rejects.toThrow();
      }
    }
    expect(await books()).toEqual(before);
  });

  it("a correction of nothing, of more than was charged, or beyond all bounds is refused", async () => {
    for (const vnd of ["0", "-0", "0.000000", "-1000000", "999999999999", "1000000000.000001"]) {
      const values = { log: logId, note: "x", vnd };
      const run = adminVerbs["adjust-usage"]?.(db(), { values, words: [] });
      await expect(run, vnd).rejects.toThrow();
    }
    expect(await books()).toEqual(before);
  });
});

/** Straight past the product: the tables keep their own rules. */
const statements: readonly string[] = [
  "update budget_periods set limit_micro_vnd = -1",
  "update budget_periods set reserved_micro_vnd = -1",
  "update budget_periods set limit_micro_vnd = 'NaN'",
  "update budget_periods set limit_micro_vnd = 1e308",
  "update org_members set cap_micro_vnd = -1",
  "update org_members set reserved_micro_vnd = -1",
  "update daily_counters set reserved_micro_vnd = -1",
  "update daily_counters set messages = -1",
  "update plans set price_micro_vnd = -1",
  "update plans set budget_ratio_bp = -1",
  "insert into budget_overrides (org_id, amount_micro_vnd, reason, expires_at, actor) select id, -1, 'x', now(), 'x' from orgs",
  "insert into budget_overrides (org_id, amount_micro_vnd, reason, expires_at, actor) select id, 1000000000000000001, 'x', now(), 'x' from orgs",
  "insert into user_cost_settings (org_id, user_id, daily_cap_micro_vnd) select org_id, user_id, 0 from org_members",
  "insert into user_cost_settings (org_id, user_id, monthly_budget_micro_vnd) select org_id, user_id, -1 from org_members",
  "insert into user_cost_settings (org_id, user_id, max_cost_per_query_micro_vnd) select org_id, user_id, 0 from org_members",
  `insert into model_prices (model_id, valid_from, context_tokens_min, fresh_input_pico_usd, cached_input_pico_usd,
     cache_write_5m_pico_usd, cache_write_1h_pico_usd, output_pico_usd, source)
   select id, '2090-01-01', 0, -1, 0, 0, 0, 0, 'x' from models limit 1`,
  `insert into model_prices (model_id, valid_from, context_tokens_min, fresh_input_pico_usd, cached_input_pico_usd,
     cache_write_5m_pico_usd, cache_write_1h_pico_usd, output_pico_usd, source)
   select id, '2090-01-01', 0, 1000000000000, 0, 0, 0, 0, 'x' from models limit 1`,
  "insert into exchange_rates (rate_milli_vnd, valid_from, source) values (0, '2090-01-01', 'x')",
  "insert into exchange_rates (rate_milli_vnd, valid_from, source) values (-24000000, '2090-01-01', 'x')",
  "insert into exchange_rates (rate_milli_vnd, valid_from, source) values (24167000000, '2090-01-01', 'x')",
  "update usage_logs set cost_micro_vnd = -1",
];

describe("F05 hostile numbers in the tables", () => {
  it.each(statements)("%s", async (statement) => {
    await expect(app.database.sql.unsafe(statement)).rejects.toMatchObject({
      // A check, a text that is no number, a number out of range, a row that never changes.
      code: expect.stringMatching(/^(23514|22P02|22003|23P01|PH002)$/),
    });
    expect(await books()).toEqual(before);
  });
});
