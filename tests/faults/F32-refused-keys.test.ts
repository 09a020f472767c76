import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import {
  chat,
  PROVIDER_KEY,
  readRefusal,
  settingsFor,
  startApp,
  type AppUnderTest,
} from "../support/app-under-test.ts";
import { startAppProcess } from "../support/app-process.ts";
import { contradictions } from "../support/check-books.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { readAnswer } from "../support/read-answer.ts";
import { alertsOf, booksOf, costOf } from "../support/turn-books.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
});

beforeEach(async () => {
  forgetProviderHealth();
  app.simulator.reset();
  person = await makeCustomer(app.database, { locale: "en" });
  await app.database.sql`delete from outbox`;
  await app.database.sql`delete from ops_alerts`;
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const models = {
  openai: "openai/gpt-5.4-mini",
  gemini: "gemini/gemini-2.5-flash",
  anthropic: "anthropic/claude-haiku-4-5",
} as const;
type Provider = keyof typeof models;

/** As providers do, it quotes the key. */
const errorMessage = `Incorrect API key provided: ${PROVIDER_KEY}. Find yours at our console.`;

type Refused = {
  readonly name: string;
  readonly provider: Provider;
  readonly script: SimulatorScript & { readonly status: number };
};

const refusals: readonly Refused[] = [
  {
    ...{ name: "a wrong key", provider: "openai" },
    script: { status: 401, errorCode: "invalid_api_key", errorMessage },
  },
  {
    ...{ name: "an empty account", provider: "openai" },
    script: { status: 429, errorCode: "insufficient_quota", errorMessage },
  },
  {
    ...{ name: "a wrong key", provider: "anthropic" },
    script: { status: 401, errorCode: "authentication_error", errorMessage },
  },
  {
    ...{ name: "a bill not paid", provider: "anthropic" },
    script: { status: 402, errorCode: "billing_error", errorMessage },
  },
  {
    ...{ name: "a key without the right", provider: "anthropic" },
    script: { status: 403, errorCode: "permission_error", errorMessage },
  },
  {
    ...{ name: "a key without the right", provider: "gemini" },
    script: { status: 403, errorCode: "permission_denied", errorMessage },
  },
];

const secrets = [PROVIDER_KEY, "Incorrect API key", "invalid_api_key", "insufficient_quota"];

describe("F32 a provider refuses our key or account", () => {
  it.each(refusals)("$provider, $name: neutral, free, told to ops once", async (refused) => {
    const { provider, script } = refused;
    app.simulator.script(script);
    const messageId = randomUUID();
    const response = await chat(person, { messageId, model: models[provider] });
    const text = await response.clone().text();
    for (const secret of secrets) expect(text).not.toContain(secret);
    const refusal = await readRefusal(response);
    expect(refusal).toMatchObject({ status: 502, code: "provider_failed" });
    expect(app.simulator.calls).toHaveLength(1);
    const books = await booksOf(app.database.sql, messageId);
    expect(books).toMatchObject({
      ...{ state: "failed", holdState: "settled", reserved: "0" },
      calls: [{ outcome: "rejected", logs: 1 }],
    });
    expect(costOf(books.logs)).toBe(0n);
    expect(JSON.stringify(books.refusal)).not.toContain(PROVIDER_KEY);

    // The same cause again, four times, as by processes that do not know yet.
    for (let again = 0; again < 4; again += 1) {
      forgetProviderHealth();
      await chat(person, { model: models[provider] });
    }
    const alerts = await alertsOf(app.database.sql, "provider_rejected");
    expect(alerts).toMatchObject([
      { dedupe_key: `provider_rejected:${provider}:${script.status}`, occurrences: 5 },
    ]);
    const notices = await app.database.sql`select payload from outbox where kind = 'ops_alert'`;
    expect(notices).toHaveLength(1);
    const told = JSON.stringify([alerts, notices]);
    for (const secret of secrets) expect(told).not.toContain(secret);
  });

  it("the provider is left out of the choice, nobody is sent there again", async () => {
    app.simulator.script({ status: 401, errorCode: "invalid_api_key", errorMessage });
    const first = await readRefusal(await chat(person, {}));
    expect(first.code).toBe("provider_failed");
    const [call] = app.simulator.calls;
    app.simulator.reset();
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => readAnswer(await chat(person, {}))),
    );
    expect(answers.every(({ isDone }) => isDone)).toBe(true);
    expect(app.simulator.calls.map(({ wire }) => wire)).not.toContain(call?.wire);
    // Picked by hand it is refused at once: no request, no hold.
    app.simulator.reset();
    const picked = models[call?.wire ?? "openai"];
    expect(await readRefusal(await chat(person, { model: picked }))).toMatchObject({
      ...{ status: 502, code: "provider_failed" },
    });
    expect(app.simulator.calls).toEqual([]);
  });

  it("throttling is no refusal: ops are left alone and the provider stays in the choice", async () => {
    app.simulator.script(({ attempt }) => (attempt === 1 ? { status: 429 } : {}));
    const answer = await readAnswer(await chat(person, { model: models.openai }));
    expect(answer.isDone).toBe(true);
    expect(await alertsOf(app.database.sql, "provider_rejected")).toHaveLength(0);
  });

  it("a wrong key of Gemini, which it calls a bad request, is told to ops as well", async () => {
    app.simulator.script({
      ...{ status: 400, errorCode: "invalid_argument" },
      errorMessage: "API key not valid. Please pass a valid API key.",
    });
    await chat(person, { model: models.gemini });
    expect(await alertsOf(app.database.sql, "provider_rejected")).toHaveLength(1);
  });

  it("nothing of the key or of the provider's words is in the log, whatever its level", async () => {
    const settings = settingsFor(app.database.url, app.simulator);
    const other = await startAppProcess({ settings: { ...settings, LOG_LEVEL: "trace" } });
    for (const { provider, script } of refusals.filter(({ name }) => name === "a wrong key")) {
      app.simulator.script(script);
      const response = await other.chat(person, { model: models[provider] });
      expect(response.status).toBe(502);
    }
    // A failure that is worth a line, so that the log is known to be on.
    await app.database.sql`alter table ops_alerts rename to ops_alerts_away`;
    app.simulator.script({ status: 403, errorMessage });
    await other.chat(person, { model: models.gemini });
    await app.database.sql`alter table ops_alerts_away rename to ops_alerts`;
    await other.stop();
    const written = other.output() + other.errors();
    expect(written).toContain("ops could not be told");
    for (const secret of secrets) expect(written).not.toContain(secret);
  });
});
