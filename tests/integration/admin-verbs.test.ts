import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identityDoor } from "@/api/doors/identity.ts";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { db } from "@/server/db/client.ts";
import { readAnswer } from "../support/read-answer.ts";
import { contradictions } from "../support/check-books.ts";
import {
  chat,
  ORIGIN,
  readRefusal,
  startApp,
  type AppUnderTest,
} from "../support/app-under-test.ts";
import { runScript } from "../support/run-script.ts";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** As a person at a shell runs it: a process of its own, which takes seconds to start. */
const run = (...words: string[]) => runScript("src/cli/admin.ts", words);

async function shell(...words: string[]): Promise<unknown> {
  const { exitCode, output, errors } = await run(...words);
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
  return JSON.parse(output);
}

/** The same verb in this process. @returns its JSON, as printed. */
async function admin(
  verb: string,
  values: Record<string, string | boolean>,
  words: readonly string[] = [],
): Promise<unknown> {
  const result = await adminVerbs[verb]?.(db(), { values, words });
  return JSON.parse(JSON.stringify(result));
}

async function audited() {
  const rows = await app.database
    .sql`select action, actor, subject from audit_log order by created_at, ctid`;
  return rows.map(
    (row) =>
      `${String(row["action"])} ${String(row["subject"]).replace(/:.*/, "")} ${String(row["actor"])}`,
  );
}

const email = "an@pho.example";
const password = "mật khẩu rất dài";

describe("npm run admin", () => {
  it("makes a person who can sign in and ask on the plan and budget given", async () => {
    const made = await shell(
      ...["create-user", "--email", email, "--password", password, "--plan", "ultimate"],
      ...["--budget-vnd", "1234", "--verified"],
    );
    expect(made).toMatchObject({ email, role: "user", userId: expect.any(String) });
    const signedIn = await identityDoor(
      new Request(`${ORIGIN}/api/auth/sign-in/email`, {
        method: "POST",
        headers: { origin: ORIGIN, "content-type": "application/json" },
        body: JSON.stringify({ email, password }),
      }),
    );
    expect(signedIn.status).toBe(200);
    const cookie = signedIn.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    const answer = await readAnswer(await chat({ cookie }, { model: "openai/gpt-5.4-mini" }));
    expect(answer.isDone).toBe(true);
    const usage = await shell("usage", "--email", email);
    const [log] = await app.database.sql`select * from usage_logs`;
    expect(usage).toEqual({
      limitMicroVnd: "1234000000",
      usedMicroVnd: log?.["cost_micro_vnd"],
      reservedMicroVnd: "0",
      resetsAt: expect.stringMatching(/^\d{4}-.*Z$/),
      logs: [
        {
          id: log?.["id"],
          messageId: log?.["turn_id"],
          provider: "openai",
          model: "openai/gpt-5.4-mini",
          tokens: {
            freshInput: log?.["fresh_input_tokens"],
            cachedInput: 0,
            cacheWrite: 0,
            output: 24,
            reasoning: 0,
          },
          costMicroVnd: log?.["cost_micro_vnd"],
          source: "reported",
          createdAt: (log?.["occurred_at"] as Date).toISOString(),
        },
      ],
    });
    expect(await audited()).toEqual([
      "user.create user cli",
      "subscription.start org cli",
      "budget.set org cli",
    ]);

    await admin("set-budget", { email, vnd: "0" });
    const refusal = await readRefusal(await chat({ cookie }, {}));
    expect(refusal.code).toBe("budget_exhausted");
    const set = await admin("set-budget", { email: email.toUpperCase(), vnd: "5000" });
    expect(set).toMatchObject({ oldLimitMicroVnd: "0", limitMicroVnd: "5000000000" });
    const changes = await app.database.sql`
      select old_limit_micro_vnd, new_limit_micro_vnd, actor from limit_changes order by created_at, id`;
    expect(changes).toMatchObject([
      { new_limit_micro_vnd: "1234000000", actor: "cli" },
      { old_limit_micro_vnd: "1234000000", new_limit_micro_vnd: "0" },
      { old_limit_micro_vnd: "0", new_limit_micro_vnd: "5000000000" },
    ]);
    expect((await readAnswer(await chat({ cookie }, {}))).isDone).toBe(true);

    const before = (await audited()).length;
    await admin("add-model", { model: "openai/house", "provider-model": "house-1" });
    expect((await readRefusal(await chat({ cookie }, { model: "openai/house" }))).code).toBe(
      "model_unpriced",
    );
    const usd = { "input-usd-per-mtok": "1.5", "output-usd-per-mtok": "6" };
    await admin("set-price", { model: "openai/house", ...usd });
    const [price] = await app.database
      .sql`select * from model_prices where model_id = 'openai/house'`;
    expect(price).toMatchObject({
      fresh_input_pico_usd: "1500000",
      cached_input_pico_usd: "1500000",
      cache_write_5m_pico_usd: "3000000",
      cache_write_1h_pico_usd: "3000000",
      output_pico_usd: "6000000",
      valid_to: null,
    });
    expect((await readAnswer(await chat({ cookie }, { model: "openai/house" }))).isDone).toBe(true);
    await admin("retire-price", { model: "openai/house" });
    expect((await readRefusal(await chat({ cookie }, { model: "openai/house" }))).code).toBe(
      "model_unpriced",
    );
    await admin("set-flag", {}, ["cost_optimization", "off"]);
    const off = await readAnswer(await chat({ cookie }, {}));
    expect(off.decision?.reasonCode).toBe("optimization_off");
    await admin("set-flag", {}, ["cost_optimization", "on"]);
    expect((await audited()).slice(before)).toEqual([
      "model.add model cli",
      "price.set model cli",
      "price.retire model cli",
      "flag.set flag cli",
      "flag.set flag cli",
    ]);
    const logs = (await admin("usage", { email })) as { logs: { createdAt: string }[] };
    const instants = logs.logs.map((log) => log.createdAt);
    expect(instants).toEqual(instants.toSorted().toReversed());
    expect(instants).toHaveLength(4);
  });

  it("takes every price apart and never makes one of nothing", async () => {
    await admin("add-model", { model: "anthropic/full" });
    await admin("set-price", {
      model: "anthropic/full",
      "input-usd-per-mtok": "0.000001",
      "output-usd-per-mtok": "75",
      "cached-input-usd-per-mtok": "0.1",
      "cache-write-5m-usd-per-mtok": "1.25",
      "cache-write-1h-usd-per-mtok": "2",
    });
    const [price] = await app.database
      .sql`select * from model_prices where model_id = 'anthropic/full'`;
    expect(price).toMatchObject({
      fresh_input_pico_usd: "1",
      cached_input_pico_usd: "100000",
      cache_write_5m_pico_usd: "1250000",
      cache_write_1h_pico_usd: "2000000",
      output_pico_usd: "75000000",
    });
  });

  it("says in one sentence what is wrong, exits 1 and changes nothing", async () => {
    const before = await audited();
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["drop-tables"], /^no verb drop-tables\n/],
      [["usage", "--email", "nobody@pho.example"], /^not_found: nobody has the e-mail/],
      [["create-user", "--email", "b@pho.example", "--password", "short"], /^--password /],
    ];
    for (const [words, why] of wrong) {
      const { exitCode, output, errors } = await run(...words);
      expect({ words, exitCode, output }).toEqual({ words, exitCode: 1, output: "" });
      expect(errors).toMatch(why);
      expect(errors).not.toMatch(/\bat .*:\d+|node_modules|select /);
    }
    expect(await audited()).toEqual(before);
  });

  const price = { "input-usd-per-mtok": "1", "output-usd-per-mtok": "1" };

  it.each([
    ["an unknown flag", "usage", { email, all: "1" }, []],
    ["a taken e-mail", "create-user", { email: email.toUpperCase(), password }, []],
    ["a budget below nothing", "set-budget", { email, vnd: "-5" }, []],
    ["a budget in fractions", "set-budget", { email, vnd: "5.5" }, []],
    [
      "a price in words",
      "set-price",
      { model: "openai/gpt-5.4", ...price, "input-usd-per-mtok": "cheap" },
      [],
    ],
    [
      "a price below nothing",
      "set-price",
      { model: "openai/gpt-5.4", ...price, "output-usd-per-mtok": "-1" },
      [],
    ],
    ["the price of no model", "set-price", { model: "openai/nothing", ...price }, []],
    ["the end of no price", "retire-price", { model: "openai/nothing" }, []],
    ["the end of an ended price", "retire-price", { model: "openai/house" }, []],
    ["a model that is there", "add-model", { model: "openai/gpt-5.4" }, []],
    ["a model of no provider", "add-model", { model: "house" }, []],
    ["a switch nobody knows", "set-flag", {}, ["free_money", "on"]],
    ["a switch half on", "set-flag", {}, ["cost_optimization", "maybe"]],
  ])("refuses %s", async (_name, verb, values, words) => {
    const before = await audited();
    await expect(admin(verb, values as Record<string, string>, words)).rejects.toThrow();
    expect(await audited()).toEqual(before);
  });
});
