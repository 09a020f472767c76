import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCtx } from "@/api/authenticate.ts";
import { nextPath } from "@/features/orgs/ui/auth-next-path.ts";
import type { Env } from "@/server/env.ts";
import { cookieOf, makeAsk, PASSWORD, testSettings, type Ask } from "../support/identity-rig.ts";
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

async function countUsers(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`select count(*)::int as n from users`;
  return row?.n ?? -1;
}

describe("F68 requests from elsewhere", () => {
  it.each([
    ["no Origin", { origin: "" }],
    ["a null Origin", { origin: "null" }],
    ["a foreign Origin", { origin: "https://evil.example" }],
    ["our host on another port", { origin: "http://localhost:4000" }],
    ["our name as a prefix", { origin: "http://localhost:3999.evil.example" }],
    ["a Referer only", { origin: "", referer: "http://localhost:3999/sign-up" }],
  ])("are refused with %s", async (_, headers) => {
    const before = await countUsers();
    for (const path of [
      "sign-up/email",
      "sign-in/email",
      "sign-out",
      "request-password-reset",
      "reset-password",
    ]) {
      const response = await ask(path, { body: person(), headers });
      expect([path, response.status]).toEqual([path, 403]);
      expect(await response.json()).toMatchObject({ error: { code: "forbidden" } });
    }
    expect(await countUsers()).toBe(before);
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
  ])("are refused as %s", async (contentType) => {
    const response = await ask("sign-up/email", {
      body: person(),
      headers: { "content-type": contentType },
    });
    expect(response.status).toBe(415);
  });

  it("change nothing by GET, HEAD or other methods", async () => {
    for (const path of [
      "sign-up/email",
      "sign-in/email",
      "sign-out",
      "reset-password",
      "send-verification-email",
    ]) {
      expect((await ask(path, { method: "GET" })).status).toBe(404);
      expect((await ask(path, { method: "PUT", body: person() })).status).toBe(404);
    }
  });

  it.each(["http://localhost:3999", "http://127.0.0.1:3999", "http://[::1]:3999"])(
    "pass from %s",
    async (origin) => {
      expect((await ask("sign-up/email", { body: person(), headers: { origin } })).status).toBe(
        200,
      );
    },
  );
});

describe("F64 sign-up bodies", () => {
  it("cannot set role, language, verification or money", async () => {
    const response = await ask("sign-up/email", {
      body: person({
        role: "admin",
        isAdmin: true,
        locale: "en",
        emailVerified: true,
        email_verified: true,
        budget: 1e12,
        id: "chosen",
        userId: "chosen",
        disabledAt: null,
      }),
    });
    expect(response.status).toBe(200);
    expect(await ctxOf(cookieOf(response))).toMatchObject({
      role: "user",
      locale: "vi",
      isEmailVerified: false,
    });
    expect(await response.json()).not.toHaveProperty("token");
  });

  it("take the language from the cookie when it is one of ours", async () => {
    const english = await ask("sign-up/email", { body: person(), cookie: "locale=en" });
    expect(await ctxOf(cookieOf(english))).toMatchObject({ locale: "en" });
    const odd = await ask("sign-up/email", { body: person(), cookie: "locale=xx" });
    expect(await ctxOf(cookieOf(odd))).toMatchObject({ locale: "vi" });
  });

  it.each([
    "update-user",
    "change-email",
    "change-password",
    "delete-user",
    "update-session",
    "sign-in/social",
  ])("find the library's %s closed", async (path) => {
    const cookie = cookieOf(await ask("sign-up/email", { body: person() }));
    expect((await ask(path, { body: { role: "admin", name: "x" }, cookie })).status).toBe(404);
  });
});

describe("F76 hostile input", () => {
  it.each([
    ["NUL in the name", person({ name: "a\u0000b" })],
    ["line breaks in the name", person({ name: "a\r\nBcc: x@evil.example" })],
    ["a lone surrogate", person({ name: "a\ud800" })],
    ["NUL in the e-mail", person({ email: "a\u0000@pho.example" })],
    ["line breaks in the e-mail", person({ email: "a@pho.example\r\nBcc: b@evil.example" })],
    ["look-alike letters in the e-mail", person({ email: "аdmin@pho.example" })],
    ["two addresses", person({ email: "a@pho.example,b@pho.example" })],
    ["an object for the e-mail", person({ email: { $ne: "" } })],
    ["a very long e-mail", person({ email: `${"a".repeat(5_000)}@pho.example` })],
    ["a long name", person({ name: "n".repeat(81) })],
    ["a short password", person({ password: "1234567" })],
    ["a long password", person({ password: "p".repeat(129) })],
    ["a huge password", person({ password: "p".repeat(5_000) })],
    ["no fields", {}],
    ["an array", []],
    ["null", "null"],
    ["malformed JSON", '{"email":'],
    ["bytes that are no JSON", "\u0000\u0001"],
  ])("is a 400 with %s", async (_, body) => {
    const response = await ask("sign-up/email", { body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_input" } });
  });

  it("is refused by its size before it is parsed", async () => {
    expect(
      (await ask("sign-up/email", { body: person({ name: "n".repeat(1_000_000) }) })).status,
    ).toBe(400);
    expect(
      (await ask("sign-up/email", { body: person({ name: "n".repeat(2_000_000) }) })).status,
    ).toBe(413);
  });

  it("never makes a server error of odd tokens and cookies", async () => {
    for (const token of [
      "%00",
      "a".repeat(10_000),
      "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFAYi5jIn0.",
      "%F0%9F%8D%9C",
    ]) {
      expect((await ask(`verify-email?token=${token}`, { method: "GET" })).status).toBe(303);
      const response = await ask("reset-password", {
        body: { token: decodeURIComponent(token), newPassword: PASSWORD },
      });
      expect(response.status).toBe(400);
    }
    expect((await ask("sign-out", { cookie: "pho.session_token=%E0%A4%A; a=b" })).status).toBe(200);
  });
});

describe("F69 the page after signing in", () => {
  it.each([
    "//evil.example",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "/%5cevil.example/",
    "https:evil.example",
    "https://evil.example",
    "http://localhost:3999@evil.example",
    "javascript:alert(1)",
    "/..//evil.example",
    "/./%2f/../\\evil.example",
    "chat",
    "",
    "/api/auth/sign-out",
    "/sign-in?next=/sign-in",
  ])("is our own chat for %j", (wish) => {
    expect(nextPath(wish)).toBe("/chat");
  });

  it.each(["/chat", "/chat/1f0c?x=1#y", "/usage?from=2026-11-01", "/settings/look"])(
    "is %s when asked for",
    (wish) => {
      expect(nextPath(wish)).toBe(wish);
    },
  );
});
