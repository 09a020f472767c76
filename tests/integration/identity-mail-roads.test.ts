import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { authenticate, findCtx } from "@/api/authenticate.ts";
import { parseEnv, type Env } from "@/server/env.ts";
import {
  cookieOf,
  makeAsk,
  openMailbox,
  ORIGIN,
  PASSWORD,
  testSettings,
  type Ask,
  type Mailbox,
} from "../support/identity-rig.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

let database: TestDatabase;
let mailbox: Mailbox;
let settings: Env;
let ask: Ask;

beforeAll(async () => {
  [database, mailbox] = await Promise.all([createTestDatabase(), openMailbox()]);
  settings = testSettings(database.url, { SMTP_URL: mailbox.url });
  ask = makeAsk({ db: database.db, settings });
});

afterAll(async () => {
  await mailbox.close();
  await database.drop();
});

const newEmail = () => `${randomUUID().slice(0, 8)}@pho.example`;

async function signUp(email: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await ask("sign-up/email", {
    body: { email, password: PASSWORD, name: "Lan Anh" },
    headers,
  });
  expect(response.status).toBe(200);
  return cookieOf(response);
}

const signIn = (email: string, password = PASSWORD) =>
  ask("sign-in/email", { body: { email, password } });
const follow = (link: string, cookie?: string) =>
  ask(link, { method: "GET", ...(cookie === undefined ? {} : { cookie }) });
const ctxOf = (cookie: string) => findCtx(new Headers({ cookie }), { db: database.db, settings });

it("signs up unverified, verifies by the mailed link, signs out and leaves the old cookie dead", async () => {
  const email = newEmail();
  const cookie = await signUp(email);
  const before = await ctxOf(cookie);
  expect(before).toMatchObject({ isEmailVerified: false, role: "user", locale: "vi" });
  expect(before?.orgId).toBeTruthy();

  const link = await mailbox.linkTo(email);
  expect(link.startsWith(`${ORIGIN}/api/auth/verify-email?`)).toBe(true);
  const verified = await follow(link, cookie);
  expect(verified.status).toBe(303);
  expect(verified.headers.get("location")).toBe("/verify?state=done");
  const after = await ctxOf(cookie);
  expect(after).toMatchObject({
    isEmailVerified: true,
    userId: before?.userId,
    orgId: before?.orgId,
  });

  const second = cookieOf(await signIn(email));
  expect(second).not.toBe(cookie);
  const out = await ask("sign-out", { cookie: second });
  expect(out.status).toBe(200);
  expect(await ctxOf(second)).toBeNull();
  expect(await ctxOf(cookie)).not.toBeNull();
  const request = new Request(ORIGIN, { headers: { cookie: second } });
  await expect(authenticate(request, { db: database.db, settings })).rejects.toMatchObject({
    code: "unauthenticated",
  });
});

it("signs in by the link when nobody is signed in, but never changes who is", async () => {
  const [email, other] = [newEmail(), newEmail()];
  await signUp(email);
  const othersCookie = await signUp(other);
  const link = await mailbox.linkTo(email);
  const opened = await follow(link, othersCookie);
  expect(opened.headers.getSetCookie()).toEqual([]);
  expect(await ctxOf(othersCookie)).not.toBeNull();

  const third = newEmail();
  await signUp(third);
  const fresh = await follow(await mailbox.linkTo(third));
  expect(await ctxOf(cookieOf(fresh))).toMatchObject({ isEmailVerified: true });
});

it("shows a broken link as failed and sends a new one on request", async () => {
  const email = newEmail();
  const cookie = await signUp(email);
  const broken = await follow("verify-email?token=abc&callbackURL=//evil.example");
  expect(broken.headers.get("location")).toMatch(/^\/verify\?state=done&error=/);
  const resent = await ask("send-verification-email", { body: { email }, cookie });
  expect(resent.status).toBe(200);
  expect((await follow(await mailbox.linkTo(email, 1))).headers.get("location")).toBe(
    "/verify?state=done",
  );
});

it("resets a password once by a mailed link and ends every session", async () => {
  const email = newEmail();
  const cookie = await signUp(email);
  await mailbox.linkTo(email);
  const known = await ask("request-password-reset", { body: { email } });
  const unknown = await ask("request-password-reset", { body: { email: newEmail() } });
  expect([known.status, unknown.status]).toEqual([200, 200]);
  expect(await known.text()).toBe(await unknown.text());

  const link = new URL(await mailbox.linkTo(email, 1));
  expect(`${link.origin}${link.pathname}`).toBe(`${ORIGIN}/reset`);
  const body = { token: link.searchParams.get("token"), newPassword: "mật khẩu mới 2" };
  const tries = await Promise.all(Array.from({ length: 5 }, () => ask("reset-password", { body })));
  expect(tries.map((response) => response.status).sort()).toEqual([200, 400, 400, 400, 400]);
  expect(await ctxOf(cookie)).toBeNull();
  expect((await signIn(email)).status).toBe(401);
  expect((await signIn(email, "mật khẩu mới 2")).status).toBe(200);
  const [stored] = await database.sql`select count(*)::int as n from verifications
    where identifier like ${`%${String(body.token)}%`}`;
  expect(stored?.["n"]).toBe(0);
});

it("keeps the host of links from the settings whatever the request says", async () => {
  const email = newEmail();
  await signUp(email, { host: "evil.example", "x-forwarded-host": "evil.example" });
  expect(new URL(await mailbox.linkTo(email)).origin).toBe(ORIGIN);
});

it("writes in the language of the reader", async () => {
  const email = newEmail();
  await signUp(email, { cookie: "locale=en" });
  await mailbox.linkTo(email);
  const mail = mailbox.messages.find((message) => message.includes(`To: ${email}`));
  expect(mail).toContain("Verify your e-mail");
  expect(mail).toContain("Content-Type: text/html");
});

it("puts mail into the outbox beside the embedded database, for its owner's eyes only", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pho-outbox-"));
  const embedded = parseEnv({
    PORT: "3999",
    PHO_EMBEDDED_DATABASE_URL: database.url,
    PHO_DATA_DIR: folder,
    AUTH_SECRET: settings.AUTH_SECRET,
  });
  const email = newEmail();
  const askEmbedded = makeAsk({ db: database.db, settings: embedded });
  await askEmbedded("sign-up/email", { body: { email, password: PASSWORD } });
  const outbox = join(folder, "outbox");
  const name = await vi.waitFor(async () => {
    const found = (await readdir(outbox)).find((file) => file.endsWith(".txt"));
    if (found === undefined) throw new Error("nothing in the outbox yet");
    return found;
  });
  const path = join(outbox, name);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await stat(path.replace(/txt$/, "eml"))).toBeTruthy();
  const text = await readFile(path, "utf8");
  expect(text.startsWith(`${email}\n`)).toBe(true);
  const link = /http\S+/.exec(text)?.[0] ?? "";
  expect((await askEmbedded(link, { method: "GET" })).headers.get("location")).toBe(
    "/verify?state=done",
  );
  await rm(folder, { recursive: true });
});
