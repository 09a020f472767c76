import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseEnv } from "@/server/env.ts";
import { sepaySettings } from "@/server/sepay/settings.ts";
import { isStaleProof, verifyWebhook } from "@/server/sepay/verify-webhook.ts";

const body = Buffer.from(
  '{"id":92704,"gateway":"Vietcombank","transactionDate":"2024-07-02 11:08:33","accountNumber":"1017588888",' +
    '"subAccount":"","code":"SEVN63DC8E5C","content":"SEVN63DC8E5C chuyen tien","transferType":"in",' +
    '"description":"NGUYEN VAN A chuyen tien","transferAmount":5000000,"accumulated":105000000,' +
    '"referenceCode":"FT24012345678"}',
);
const timestamp = "1719893313";
const signature = "sha256=b7015ed72f192ff2b3acd77acadb3dae56e8793005ec9f8b7baaba0d298a2b8b";
const hmac = { scheme: "hmac", secret: "test_secret" } as const;
const key = { scheme: "api_key", secret: "key-4711" } as const;

const signed = (change: Record<string, string> = {}) =>
  new Headers({ "x-sepay-signature": signature, "x-sepay-timestamp": timestamp, ...change });

describe("SePay's signature", () => {
  it("verifies the known vector, in either case of its hexadecimal", () => {
    const proof = { scheme: "hmac", signedAt: new Date(1_719_893_313_000) };
    expect(verifyWebhook(signed(), body, hmac)).toEqual(proof);
    const upper = `sha256=${signature.slice(7).toUpperCase()}`;
    expect(verifyWebhook(signed({ "x-sepay-signature": upper }), body, hmac)).toEqual(proof);
  });

  it.each([
    ["signature_malformed", { "x-sepay-signature": signature.slice(0, -1) }],
    ["signature_malformed", { "x-sepay-signature": signature.slice(7) }],
    ["signature_malformed", { "x-sepay-signature": "" }],
    ["signature_malformed", { "x-sepay-signature": "sha256=" }],
    ["signature_malformed", { "x-sepay-signature": `${signature}0` }],
    ["signature_malformed", { "x-sepay-signature": "sha256=é".padEnd(71, "é") }],
    ["signature_malformed", { "x-sepay-timestamp": "" }],
    ["signature_malformed", { "x-sepay-timestamp": "-1" }],
    ["signature_malformed", { "x-sepay-timestamp": "1719893313.0" }],
    ["signature_malformed", { "x-sepay-timestamp": "now" }],
    ["signature_wrong", { "x-sepay-timestamp": "1719893314" }],
    ["signature_wrong", { "x-sepay-signature": `sha256=${"0".repeat(64)}` }],
  ])("%s: %o", (reason, change) => {
    expect(verifyWebhook(signed(change), body, hmac)).toBe(reason);
  });

  it("is over these very bytes, with this very key", () => {
    const changed = Buffer.from(body.toString().replace("5000000", "5000001"));
    expect(verifyWebhook(signed(), changed, hmac)).toBe("signature_wrong");
    const spaced = Buffer.from(JSON.stringify(JSON.parse(body.toString()), null, 1));
    expect(verifyWebhook(signed(), spaced, hmac)).toBe("signature_wrong");
    const foreign = { ...hmac, secret: "test_secreT" };
    expect(verifyWebhook(signed(), body, foreign)).toBe("signature_wrong");
    const ofBodyAlone = createHmac("sha256", "test_secret").update(body).digest("hex");
    const bare = signed({ "x-sepay-signature": `sha256=${ofBodyAlone}` });
    expect(verifyWebhook(bare, body, hmac)).toBe("signature_wrong");
  });

  it("is asked for whole", () => {
    expect(verifyWebhook(new Headers(), body, hmac)).toBe("signature_missing");
    const half = new Headers({ "x-sepay-signature": signature });
    expect(verifyWebhook(half, body, hmac)).toBe("signature_missing");
  });

  it("cannot be replaced by an API key", () => {
    const headers = new Headers({ authorization: "Apikey test_secret" });
    expect(verifyWebhook(headers, body, hmac)).toBe("signature_missing");
  });

  it("is fresh for five minutes either way", () => {
    const signedAt = new Date(1_719_893_313_000);
    const after = (seconds: number) => new Date(signedAt.getTime() + seconds * 1000);
    expect([300, -300, 0].map((seconds) => isStaleProof({ signedAt }, after(seconds)))).toEqual([
      false,
      false,
      false,
    ]);
    expect([301, -301].map((seconds) => isStaleProof({ signedAt }, after(seconds)))).toEqual([
      true,
      true,
    ]);
    expect(isStaleProof({ signedAt: null }, after(1_000_000))).toBe(false);
  });

  it("is never checked against an empty secret", () => {
    expect(() => verifyWebhook(signed(), body, { scheme: "hmac", secret: "" })).toThrow(
      "not empty",
    );
    expect(() => verifyWebhook(signed(), body, { scheme: "api_key", secret: "" })).toThrow(
      "not empty",
    );
  });
});

describe("SePay's API key", () => {
  const ask = (authorization: string) => verifyWebhook(new Headers({ authorization }), body, key);

  it("stands behind the word Apikey", () => {
    expect(ask("Apikey key-4711")).toEqual({ scheme: "api_key", signedAt: null });
    expect(verifyWebhook(new Headers(), body, key)).toBe("key_missing");
  });

  it.each([
    "Apikey key-4712",
    "Apikey",
    "Apikey ",
    "Bearer key-4711",
    "key-4711",
    "Apikey key-471",
    "Apikey  ",
  ])("%j is refused", (authorization) => {
    expect(ask(authorization)).toBe("key_wrong");
  });
});

describe("the webhook's settings", () => {
  const settingsOf = (given: Record<string, string>) =>
    sepaySettings(
      parseEnv({ DATABASE_URL: "postgres://x", AUTH_SECRET: "x".repeat(32), ...given }),
    );

  it("prefer the signature: a key beside it is not taken", () => {
    const given = {
      SEPAY_WEBHOOK_SECRET: "s",
      SEPAY_API_KEY: "k",
      SEPAY_ACCOUNT_NUMBER: "1017588888, VA9X",
    };
    const accounts = ["1017588888", "VA9X"];
    expect(settingsOf(given)).toEqual({ scheme: "hmac", secret: "s", accounts });
    const keyOnly = { SEPAY_API_KEY: "k" };
    expect(settingsOf(keyOnly)).toEqual({ scheme: "api_key", secret: "k", accounts: [] });
  });

  it.each([
    {},
    { SEPAY_WEBHOOK_SECRET: "" },
    { SEPAY_WEBHOOK_SECRET: "  " },
    { SEPAY_API_KEY: " " },
    { SEPAY_ACCOUNT_NUMBER: "1017588888" },
  ])("close the door without a secret: %o", (given) => {
    expect(settingsOf(given)).toBeNull();
  });
});
