import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authenticate, findCtx } from "@/api/authenticate.ts";
import type { Env } from "@/server/env.ts";
import { testSettings } from "../support/identity-rig.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

const ours = generateKeyPairSync("rsa", { modulusLength: 2048 });
const theirs = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicPem = ours.publicKey.export({ type: "spki", format: "pem" });
const PARTY = "https://pho.example";

let database: TestDatabase;
let settings: Env;

beforeAll(async () => {
  database = await createTestDatabase();
  settings = testSettings(database.url, {
    CLERK_PUBLISHABLE_KEY: `pk_test_${Buffer.from("clerk.pho.example$").toString("base64")}`,
    CLERK_JWT_KEY: publicPem.toString(),
    CLERK_AUTHORIZED_PARTIES: `${PARTY}, https://other.pho.example`,
  });
});

afterAll(async () => {
  await database.drop();
});

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;

function claimsOf(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    azp: PARTY,
    iss: "https://clerk.pho.example",
    sub: `user_${randomUUID()}`,
    sid: "sess_1",
    iat: seconds(-5),
    nbf: seconds(-10),
    exp: seconds(60),
    ...more,
  };
}

function tokenOf(claims: Record<string, unknown>, key: KeyObject = ours.privateKey): string {
  const head = `${encoded({ alg: "RS256", typ: "JWT", kid: "ins_1" })}.${encoded(claims)}`;
  return `${head}.${sign("sha256", Buffer.from(head), key).toString("base64url")}`;
}

const byCookie = (token: string) => new Headers({ cookie: `__client_uat=1; __session=${token}` });
const ctxOf = (token: string) => findCtx(byCookie(token), { db: database.db, settings });

async function isKnown(userId: unknown): Promise<boolean> {
  const rows = await database.sql`select 1 from users where id = ${String(userId)}`;
  return rows.length > 0;
}

/** As an operator does: with a word in the audit log. */
async function giveRole(userId: string, role: string): Promise<void> {
  const { sql } = database;
  await sql`update users set role = ${role} where id = ${userId}`;
  await sql`insert into audit_log (actor, action, subject, after, reason, request_id)
    values ('test', 'user.set_role', ${`user:${userId}`}, ${sql.json({ role })}, 'test', 'test')`;
}

describe("a good token", () => {
  it("lets the person in by cookie and by Bearer, keyed by the Clerk id, with an organisation of their own", async () => {
    const claims = claimsOf({ email: "Lan@pho.example", email_verified: true, name: "Lan" });
    const ctx = await ctxOf(tokenOf(claims));
    expect(ctx).toMatchObject({
      userId: claims["sub"],
      role: "user",
      isEmailVerified: true,
      locale: "vi",
    });
    const request = new Request(PARTY, { headers: { authorization: `Bearer ${tokenOf(claims)}` } });
    const again = await authenticate(request, { db: database.db, settings });
    expect(again.orgId).toBe(ctx?.orgId);
  });

  it("makes one row and one organisation of many first requests", async () => {
    const token = tokenOf(claimsOf());
    const all = await Promise.all(Array.from({ length: 12 }, () => ctxOf(token)));
    expect(new Set(all.map((ctx) => ctx?.orgId)).size).toBe(1);
  });

  it("that says nothing of an e-mail counts as unverified", async () => {
    expect(await ctxOf(tokenOf(claimsOf()))).toMatchObject({ isEmailVerified: false });
    const half = claimsOf({ email: "half@pho.example" });
    expect(await ctxOf(tokenOf(half))).toMatchObject({ isEmailVerified: false });
    const odd = claimsOf({ email: "odd@pho.example", email_verified: "true" });
    expect(await ctxOf(tokenOf(odd))).toMatchObject({ isEmailVerified: false });
  });

  it("never brings a role with it, and follows the verified state", async () => {
    const claims = claimsOf({ email: "follow@pho.example", email_verified: false, role: "admin" });
    expect(await ctxOf(tokenOf(claims))).toMatchObject({ role: "user", isEmailVerified: false });
    await giveRole(String(claims["sub"]), "finance");
    const later = tokenOf({ ...claims, email_verified: true });
    expect(await ctxOf(later)).toMatchObject({ role: "finance", isEmailVerified: true });
  });

  it("cannot take over an address that is another person's", async () => {
    const email = `${randomUUID()}@pho.example`;
    await ctxOf(tokenOf(claimsOf({ email, email_verified: true })));
    const second = claimsOf({ email: email.toUpperCase(), email_verified: true });
    expect(await ctxOf(tokenOf(second))).toMatchObject({
      userId: second["sub"],
      isEmailVerified: false,
    });
  });

  it("of a disabled person lets nobody in", async () => {
    const claims = claimsOf();
    await ctxOf(tokenOf(claims));
    await database.sql`update users set disabled_at = app_now() where id = ${String(claims["sub"])}`;
    expect(await ctxOf(tokenOf(claims))).toBeNull();
  });
});

describe("a bad token", () => {
  const tampered = (claims: Record<string, unknown>) => {
    const [head = "", , signature = ""] = tokenOf(claims).split(".");
    return `${head}.${encoded({ ...claims, role: "admin" })}.${signature}`;
  };
  const algorithmNone = (claims: Record<string, unknown>, signature = "") =>
    `${encoded({ alg: "none", typ: "JWT" })}.${encoded(claims)}.${signature}`;
  const signedWithPublicKey = (claims: Record<string, unknown>) => {
    const head = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(claims)}`;
    return `${head}.${createHmac("sha256", publicPem).update(head).digest("base64url")}`;
  };

  it.each<[string, (claims: Record<string, unknown>) => string]>([
    ["expired", (claims) => tokenOf({ ...claims, iat: seconds(-120), exp: seconds(-60) })],
    ["not yet valid", (claims) => tokenOf({ ...claims, nbf: seconds(120) })],
    ["tampered with", tampered],
    ["of another key", (claims) => tokenOf(claims, theirs.privateKey)],
    ["of another party", (claims) => tokenOf({ ...claims, azp: "https://evil.example" })],
    [
      "of a party that only begins like ours",
      (claims) => tokenOf({ ...claims, azp: `${PARTY}.evil.example` }),
    ],
    ["of no party", (claims) => tokenOf({ ...claims, azp: undefined })],
    ["of no person", (claims) => tokenOf({ ...claims, sub: "" })],
    ["pending", (claims) => tokenOf({ ...claims, sts: "pending" })],
    ["without an algorithm", (claims) => algorithmNone(claims)],
    [
      "without an algorithm, signature kept",
      (claims) => algorithmNone(claims, tokenOf(claims).split(".")[2]),
    ],
    ["signed with our public key", signedWithPublicKey],
    ["no token at all", () => "abc.def"],
  ])("is refused when %s, and makes no row", async (_, make) => {
    const claims = claimsOf({ email: `${randomUUID()}@pho.example`, email_verified: true });
    expect(await ctxOf(make(claims))).toBeNull();
    const request = new Request(PARTY, { headers: byCookie(make(claims)) });
    await expect(authenticate(request, { db: database.db, settings })).rejects.toMatchObject({
      code: "unauthenticated",
    });
    expect(await isKnown(claims["sub"])).toBe(false);
  });

  it("is every token while no party is named", async () => {
    const open = { ...settings, CLERK_AUTHORIZED_PARTIES: [] };
    expect(
      await findCtx(byCookie(tokenOf(claimsOf())), { db: database.db, settings: open }),
    ).toBeNull();
  });
});
