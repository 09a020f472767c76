import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCtx } from "@/api/authenticate.ts";
import { makeDb } from "@/server/db/client.ts";
import type { Env } from "@/server/env.ts";
import { findSession } from "@/server/session.ts";
import {
  cookieOf,
  makeAsk,
  PASSWORD,
  roomyLimits,
  testSettings,
  type Ask,
} from "../support/identity-rig.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

let database: TestDatabase;
let settings: Env;
let ask: Ask;

beforeAll(async () => {
  database = await createTestDatabase();
  settings = testSettings(database.url, { SMTP_URL: "smtp://127.0.0.1:9" });
  ask = makeAsk({ db: database.db, settings });
});

afterAll(async () => {
  await database.drop();
});

const newEmail = () => `${randomUUID().slice(0, 8)}@pho.example`;
const person = (more: Record<string, unknown> = {}) => ({
  email: newEmail(),
  password: PASSWORD,
  name: "Minh",
  ...more,
});
const ctxOf = (cookie: string) => findCtx(new Headers({ cookie }), { db: database.db, settings });

describe("sessions", () => {
  it("refuse tampered, foreign, cut and expired cookies", async () => {
    const cookie = cookieOf(await ask("sign-up/email", { body: person() }));
    const [name = "", value = ""] = cookie.split("=");
    const [token = "", signature = ""] = decodeURIComponent(value).split(/\.(?=[^.]*$)/);
    expect(await ctxOf(cookie)).not.toBeNull();
    const bad = [
      `${token}x.${signature}`,
      `${token}.${signature.replace(/^./, (first) => (first === "A" ? "B" : "A"))}`,
      `${token}.`,
      token,
      `.${signature}`,
      "",
    ];
    for (const text of bad) expect(await ctxOf(`${name}=${encodeURIComponent(text)}`)).toBeNull();
    const otherSecret = testSettings(database.url, {
      AUTH_SECRET: "another secret that is long enough as well",
    });
    expect(
      await findCtx(new Headers({ cookie }), { db: database.db, settings: otherSecret }),
    ).toBeNull();
    await database.sql`update sessions set expires_at = app_now() where token = ${token}`;
    expect(await ctxOf(cookie)).toBeNull();
  });

  it("are HttpOnly and SameSite=Lax, and Secure under https", async () => {
    const plain = (await ask("sign-up/email", { body: person() })).headers.getSetCookie()[0] ?? "";
    expect(plain).toMatch(/^pho\.session_token=.*HttpOnly.*SameSite=Lax/i);
    const https = testSettings(database.url, {
      SMTP_URL: "smtp://127.0.0.1:9",
      BASE_URL: "https://pho.example",
    });
    const askHttps = makeAsk({ db: database.db, settings: https });
    const response = await askHttps("sign-up/email", {
      body: person(),
      headers: { origin: "https://pho.example" },
    });
    expect(response.headers.getSetCookie()[0]).toMatch(/^__Secure-pho\.session_token=.*Secure/);
    const ctx = await findCtx(new Headers({ cookie: cookieOf(response) }), {
      db: database.db,
      settings: https,
    });
    expect(ctx).not.toBeNull();
  });

  it("of disabled people are dead at once, and they get no new ones", async () => {
    const body = person();
    const cookie = cookieOf(await ask("sign-up/email", { body }));
    await database.sql`update users set disabled_at = app_now() where email = ${body.email}`;
    expect(await ctxOf(cookie)).toBeNull();
    const again = await ask("sign-in/email", { body: { email: body.email, password: PASSWORD } });
    expect(again.status).toBe(403);
    expect(again.headers.getSetCookie()).toEqual([]);
  });

  it("cost one statement a request once the organisation is there", async () => {
    const cookie = cookieOf(await ask("sign-up/email", { body: person() }));
    await ctxOf(cookie);
    const statements: string[] = [];
    const sql = postgres(database.url, {
      max: 1,
      fetch_types: false,
      debug: (_, query) => statements.push(query),
    });
    expect((await findSession(sql, cookie, settings))?.orgId).toBeTruthy();
    expect(statements).toHaveLength(1);
    await sql.end();
  });

  it("open one personal organisation however many requests come first", async () => {
    const cookie = cookieOf(await ask("sign-up/email", { body: person() }));
    const seen = await Promise.all(Array.from({ length: 8 }, () => ctxOf(cookie)));
    expect(new Set(seen.map((ctx) => ctx?.orgId)).size).toBe(1);
  });
});

describe("answers", () => {
  it("say the same for a wrong password and an unknown e-mail", async () => {
    const known = person();
    await ask("sign-up/email", { body: known });
    const wrong = await ask("sign-in/email", {
      body: { email: known.email, password: "wrong password" },
    });
    const unknown = await ask("sign-in/email", {
      body: { email: newEmail(), password: "wrong password" },
    });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const [first, second] = [await wrong.json(), await unknown.json()] as { error: unknown }[];
    expect(first?.error).toEqual(second?.error);
  });

  it("treat one mailbox written in several ways as one account", async () => {
    const body = person();
    expect((await ask("sign-up/email", { body })).status).toBe(200);
    for (const email of [
      body.email.toUpperCase(),
      ` ${body.email} `,
      `${body.email}.`,
      body.email.replace("@", "\u200b@"),
    ]) {
      expect((await ask("sign-up/email", { body: { ...body, email } })).status).toBe(409);
      expect((await ask("sign-in/email", { body: { email, password: PASSWORD } })).status).toBe(
        200,
      );
    }
  });

  it("make one account of a race for an e-mail", async () => {
    const body = person();
    const all = await Promise.all(Array.from({ length: 6 }, () => ask("sign-up/email", { body })));
    expect(all.map((response) => response.status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });

  it("are in the reader's language", async () => {
    const english = await ask("sign-in/email", { body: {}, headers: { "accept-language": "en" } });
    const vietnamese = await ask("sign-in/email", { body: {} });
    expect(JSON.stringify(await english.json())).toContain("Check the fields");
    expect(JSON.stringify(await vietnamese.json())).toContain("Kiểm tra lại các ô");
  });

  it("say the database is unavailable when it is", async () => {
    const db = makeDb("postgres://nobody@127.0.0.1:9/none");
    const askDown = makeAsk({ db, settings });
    const response = await askDown("sign-in/email", {
      body: { email: newEmail(), password: PASSWORD },
    });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    await db.$client.end();
  });

  it("close sign-up and links where no mail can be sent", async () => {
    const askSilent = makeAsk({ db: database.db, settings: testSettings(database.url) });
    for (const path of ["sign-up/email", "request-password-reset", "send-verification-email"]) {
      const response = await askSilent(path, { body: person() });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ error: { code: "feature_disabled" } });
    }
  });

  it("are not found in Clerk mode", async () => {
    const clerk = { ...settings, identity: "clerk" as const };
    expect(
      (await makeAsk({ db: database.db, settings: clerk })("sign-up/email", { body: person() }))
        .status,
    ).toBe(404);
  });
});

describe("F70 attempt limits", () => {
  const limits = { ...roomyLimits, signUpPerAddress: { countMax: 3, windowMs: 60_000 } };

  it("count by the trusted hop, whatever a caller claims", async () => {
    const behindProxy = { ...settings, TRUSTED_PROXY_HOPS: 1 };
    const askLimited = makeAsk({ db: database.db, settings: behindProxy, limits });
    const from = (address: string, index: number) =>
      askLimited("sign-up/email", {
        body: person(),
        headers: {
          "x-forwarded-for": `10.9.9.${index}, ${address}`,
          "x-real-ip": `10.8.8.${index}`,
          forwarded: `for=10.7.7.${index}`,
          "x-pho-client-address": `10.6.6.${index}`,
        },
      });
    const statuses = [];
    for (let index = 0; index < 5; index += 1)
      statuses.push((await from("203.0.113.5", index)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await from("203.0.113.5", 9);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await from("203.0.113.6", 9)).status).toBe(200);
  });

  it("believe no forwarded header when there is no proxy", async () => {
    const askLimited = makeAsk({ db: database.db, settings, limits });
    const statuses = [];
    for (let index = 0; index < 4; index += 1) {
      const headers = { "x-forwarded-for": `203.0.113.${index}` };
      statuses.push((await askLimited("sign-up/email", { body: person(), headers })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it("stop guessing at one account from many addresses", async () => {
    const perAccount = { ...roomyLimits, signInPerAccount: { countMax: 3, windowMs: 60_000 } };
    const behindProxy = { ...settings, TRUSTED_PROXY_HOPS: 1 };
    const askLimited = makeAsk({ db: database.db, settings: behindProxy, limits: perAccount });
    const email = newEmail();
    const statuses = [];
    for (let index = 0; index < 4; index += 1) {
      const headers = { "x-forwarded-for": `203.0.113.${index}` };
      statuses.push(
        (await askLimited("sign-in/email", { body: { email, password: "guess" }, headers })).status,
      );
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});
