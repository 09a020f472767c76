import { describe, expect, it } from "vitest";
import { makeSepayGatewayProvider } from "@/server/payment-providers/sepay-gateway.ts";
import { GATEWAY_SECRET, gatewayBody, type Fields } from "../../support/payment-notices.ts";

const CODE = "PHO7K2M9QX5";
const provider = makeSepayGatewayProvider({ secret: GATEWAY_SECRET });
const right = { "x-secret-key": GATEWAY_SECRET };
const read = (body: string, headers: Readonly<Record<string, string>> = right) =>
  provider.readNotice(new Headers(headers), Buffer.from(body));
const transaction = (change: Fields) => read(gatewayBody(CODE, { transaction: change }));
const order = (change: Fields) => read(gatewayBody(CODE, { order: change }));

describe("the gateway's secret", () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ["key_missing", {}],
    ["key_missing", { authorization: `Apikey ${GATEWAY_SECRET}` }],
    ["key_wrong", { "x-secret-key": "" }],
    ["key_wrong", { "x-secret-key": "another" }],
    ["key_wrong", { "x-secret-key": GATEWAY_SECRET.slice(0, -1) }],
    ["key_wrong", { "x-secret-key": `${GATEWAY_SECRET}x` }],
    ["key_wrong", { "x-secret-key": GATEWAY_SECRET.toUpperCase() }],
  ])("%s: %o", async (reason, headers) => {
    expect(await read(gatewayBody(CODE), headers)).toBe(reason);
  });

  it("comes before the body is looked at", async () => {
    expect(await read("{", {})).toBe("key_missing");
    expect(await read("{")).toBe("not_json");
  });

  it("is never an empty one, and is not kept", () => {
    expect(() => makeSepayGatewayProvider({ secret: "" })).toThrow("not empty");
    expect(provider.keptHeaders).not.toContain("x-secret-key");
  });
});

describe("the gateway's notice", () => {
  it("of a paid order names our code and an exact amount", async () => {
    const change = {
      id: "9d0e",
      transaction_id: "68da43da2d9de",
      transaction_amount: "100000",
      transaction_date: "2025-09-29 15:31:22",
    };
    expect(await transaction(change)).toEqual({
      eventKey: "9d0e",
      scheme: "shared_secret",
      signedAt: null,
      transfer: {
        direction: "in",
        amountMicroVnd: 100_000_000_000n,
        currency: "VND",
        accountNumber: "sepay_gateway",
        subAccount: "",
        content: "Test payment",
        description: "",
        code: CODE,
        referenceCode: "68da43da2d9de",
        occurredAt: new Date("2025-09-29T08:31:22Z"),
      },
    });
  });

  it.each<[unknown, bigint | null]>([
    ["100000.00", 100_000_000_000n],
    ["100000", 100_000_000_000n],
    [100_000, 100_000_000_000n],
    ["999999999999.00", 999_999_999_999_000_000n],
    ["100000.50", null],
    ["100000.005", null],
    [100_000.5, null],
    ["100,000", null],
    ["1e5", null],
    ["-100000", null],
    [-100_000, null],
    [9_000_000_000_001, null],
    ["", null],
    [" 100000", null],
    [null, null],
    [["100000"], null],
  ])("amount %j is %s micro-VND", async (given, amountMicroVnd) => {
    const notice = await transaction({ transaction_amount: given });
    expect(notice).toMatchObject({ transfer: { amountMicroVnd } });
  });

  it("of a void is money that leaves, under another key than what it takes back", async () => {
    const voided = gatewayBody(CODE, { type: "TRANSACTION_VOID", transaction: { id: "9d0e" } });
    expect(await read(voided)).toMatchObject({
      eventKey: "void:9d0e",
      transfer: { direction: "out", code: CODE },
    });
  });

  it("of a refund is money that leaves", async () => {
    expect(await transaction({ transaction_type: "REFUND" })).toMatchObject({
      transfer: { direction: "out", code: CODE },
    });
  });

  it("of a declined transaction, or of any other kind, tells of no transfer", async () => {
    expect(await transaction({ transaction_status: "DECLINED" })).toMatchObject({
      transfer: "none",
    });
    expect(await read(gatewayBody(CODE, { type: "AGREEMENT_SIGNED" }))).toMatchObject({
      transfer: "none",
    });
    expect(await read('{"notification_type":"PING"}')).toMatchObject({ transfer: "none" });
  });

  it("that contradicts itself is not taken for money that came", async () => {
    const unclear = { transfer: { direction: "unknown" } };
    expect(await order({ order_status: "AUTHENTICATION_NOT_NEEDED" })).toMatchObject(unclear);
    expect(await transaction({ transaction_type: "OTHER" })).toMatchObject(unclear);
    expect(await transaction({ transaction_status: null })).toMatchObject(unclear);
  });

  it("in another currency keeps it", async () => {
    expect(await transaction({ transaction_currency: "usd" })).toMatchObject({
      transfer: { currency: "USD" },
    });
  });

  it.each([
    "{}",
    "[]",
    "null",
    '{"notification_type":7}',
    '{"notification_type":"ORDER_PAID"}',
    gatewayBody(CODE, { transaction: { id: "" } }),
    gatewayBody(CODE, { transaction: { id: null } }),
  ])("%j is kept as not readable", async (body) => {
    expect(await read(body)).toMatchObject({ transfer: null, scheme: "shared_secret" });
  });
});
