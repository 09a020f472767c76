import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findClerkPerson, type ClerkSettings } from "@/server/clerk.ts";
import type { Person } from "@/server/session.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PARTY = "https://pho.example";

let database: TestDatabase;
let clerk: Server;
let settings: ClerkSettings;
let asked: string[] = [];

/** Stands in for Clerk's backend: people whose id ends in `-silent` never get an answer. */
beforeAll(async () => {
  database = await createTestDatabase();
  clerk = createServer((request, response) => {
    const userId = request.url?.split("/").at(-1) ?? "";
    asked.push(userId);
    if (userId.endsWith("-silent")) return;
    const status = userId.endsWith("-verified") ? "verified" : "unverified";
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        object: "user",
        id: userId,
        first_name: "Lan",
        last_name: "Anh",
        primary_email_address_id: "idn_2",
        email_addresses: [
          { id: "idn_1", email_address: `old-${userId}@pho.example`, linked_to: [] },
          {
            id: "idn_2",
            email_address: `${userId}@pho.example`,
            linked_to: [],
            verification: { object: "verification", status, strategy: "email_code" },
          },
        ],
        phone_numbers: [],
        web3_wallets: [],
        external_accounts: [],
      }),
    );
  });
  await new Promise<void>((resolve) => clerk.listen(0, "127.0.0.1", resolve));
  const { port } = clerk.address() as AddressInfo;
  settings = {
    CLERK_JWT_KEY: publicKey.export({ type: "spki", format: "pem" }).toString(),
    CLERK_SECRET_KEY: "sk_test_of_the_tests",
    CLERK_AUTHORIZED_PARTIES: [PARTY],
    clerkApiUrl: `http://127.0.0.1:${port}`,
  };
});

afterAll(async () => {
  clerk.closeAllConnections();
  await new Promise((resolve) => clerk.close(resolve));
  await database.drop();
});

function find(userId: string): Promise<Person | null> {
  const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { azp: PARTY, sub: userId, iat: now, nbf: now - 5, exp: now + 60 };
  const head = `${encoded({ alg: "RS256", typ: "JWT", kid: "ins_1" })}.${encoded(claims)}`;
  const token = `${head}.${sign("sha256", Buffer.from(head), privateKey).toString("base64url")}`;
  const headers = new Headers({ authorization: `Bearer ${token}` });
  return findClerkPerson(database.sql, headers, { settings, locale: "vi" });
}

it("asks Clerk once for the primary address a token does not carry", async () => {
  const userId = `user_${randomUUID()}-verified`;
  asked = [];
  for (let visit = 0; visit < 3; visit += 1) {
    expect(await find(userId)).toMatchObject({
      email: `${userId}@pho.example`,
      name: "Lan Anh",
      isEmailVerified: true,
    });
  }
  expect(asked).toEqual([userId]);
});

it("takes an unverified address for what it is, without asking at every request", async () => {
  const userId = `user_${randomUUID()}`;
  asked = [];
  for (let visit = 0; visit < 3; visit += 1) {
    expect(await find(userId)).toMatchObject({ isEmailVerified: false });
  }
  expect(asked).toEqual([userId]);
});

it("lets a person in unverified when Clerk does not answer", async () => {
  expect(await find(`user_${randomUUID()}-silent`)).toMatchObject({
    email: null,
    isEmailVerified: false,
  });
});
