import { PayOS } from "@payos/node";
import { describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { codeOfOrderNumber } from "@/domain/payments/order-number.ts";
import { makePayosProvider } from "@/server/payment-providers/payos.ts";
import {
  PAYOS_KEY,
  payosBody,
  payosData,
  payosSample,
  payosSignature,
  type Fields,
} from "../../support/payment-notices.ts";

const OFFICIAL = "412e915d2871504ed31be63c8f62a149a4410d34c4c42affc9006ef9917eaa03";
/** What the package's README shows for the same fields. */
const OF_README = "8d8640d802576397a1ce45ebda7f835055768ac7ad2e0bfb77f9b8f12cca4c7f";
const CODE = "PHO7K2M9QX5";

const settings = { clientId: "a client", apiKey: "an api key", checksumKey: PAYOS_KEY };
const provider = makePayosProvider(settings);
const read = (body: string) => provider.readNotice(new Headers(), Buffer.from(body));
/** The same signature on other fields. */
const resigned = (from: Fields, to: Fields) => payosBody(to, { signature: payosSignature(from) });

describe("PayOS' signature", () => {
  it("verifies the official vector, which is the sample of a registration", async () => {
    expect(payosSignature(payosSample)).toBe(OFFICIAL);
    expect(await read(payosBody(payosSample, { signature: OFFICIAL }))).toMatchObject({
      eventKey: "test:124c33293c43417ab7879e14c8d9eb18:TF230204212323",
      scheme: "signature",
      signedAt: null,
      transfer: { code: null, amountMicroVnd: vndToMicroVnd(3_000n) },
    });
  });

  it("does not verify the one of the package's README", async () => {
    expect(await read(payosBody(payosSample, { signature: OF_README }))).toBe("signature_wrong");
  });

  it.each([
    ["signature_missing", { signature: undefined }],
    ["signature_missing", { signature: null }],
    ["signature_malformed", { signature: "" }],
    ["signature_malformed", { signature: true }],
    ["signature_malformed", { signature: [OFFICIAL] }],
    ["signature_malformed", { signature: OFFICIAL.slice(0, -1) }],
    ["signature_malformed", { signature: `${OFFICIAL}0` }],
    ["signature_wrong", { signature: "0".repeat(64) }],
    ["signature_wrong", { signature: payosSignature(payosSample, "another") }],
    ["signature_missing", { data: undefined }],
    ["signature_missing", { data: null }],
    ["signature_missing", { data: [] }],
    ["signature_wrong", { data: {} }],
    ["signature_wrong", { data: { ...payosSample, amount: 300_000 } }],
    ["signature_wrong", { data: { ...payosSample, extra: "1" } }],
    ["signature_wrong", { data: { ...payosSample, toString: 1, amount: { toString: 1 } } }],
  ])("%s: %o", async (reason, change) => {
    expect(await read(payosBody(payosSample, { signature: OFFICIAL, ...change }))).toBe(reason);
  });

  it("of a payment request is the one PayOS expects", async () => {
    const client = new PayOS(settings);
    const asked = {
      amount: 2000,
      cancelUrl: "https://example.com/c",
      description: "DH1",
      orderCode: 123,
      returnUrl: "https://example.com/r",
    };
    expect(await client.crypto.createSignatureOfPaymentRequest(asked, PAYOS_KEY)).toBe(
      "e3f40fb2c14aa38d872f69d2eda81dd6a9d557af23b0a7fcfd3f793f369848e1",
    );
  });

  it("is never checked against an empty key", () => {
    expect(() => makePayosProvider({ ...settings, checksumKey: "" })).toThrow("not empty");
  });

  it("is not looked for in what is no JSON", async () => {
    expect(await read("{")).toBe("not_json");
    expect(await read("null")).toBe("signature_missing");
    const nest = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
    const body = `{"data":{"deep":${nest}},"signature":"${OFFICIAL}"}`;
    expect(await read(body)).toBe("signature_wrong");
  });
});

describe("PayOS' notice", () => {
  it("is read by its signed half: the order by its number, the amount in whole đồng", async () => {
    const data = payosData(CODE, {
      amount: 99_000,
      paymentLinkId: "link",
      reference: "FT1",
      transactionDateTime: "2026-03-01 08:30:00",
    });
    expect(await read(payosBody(data))).toEqual({
      eventKey: "link:FT1",
      scheme: "signature",
      signedAt: null,
      transfer: {
        direction: "in",
        amountMicroVnd: 99_000_000_000n,
        currency: "VND",
        accountNumber: "payos",
        subAccount: "12345678",
        content: data["description"],
        description: "",
        code: CODE,
        referenceCode: "FT1",
        occurredAt: new Date("2026-03-01T01:30:00Z"),
      },
    });
  });

  it("tells of money by the signed code alone", async () => {
    const paid = await read(payosBody(payosData(CODE), { code: "01", success: false }));
    expect(paid).toMatchObject({ transfer: { code: CODE } });
    expect(await read(payosBody(payosData(CODE, { code: "01" })))).toMatchObject({
      transfer: "none",
    });
  });

  it("has the same key on every repeat, and another for another part of the same order", async () => {
    const data = payosData(CODE, { paymentLinkId: "link", reference: "FT1" });
    const repeated = await read(payosBody(data, { desc: "again" }));
    expect(repeated).toMatchObject({ eventKey: "link:FT1" });
    const part = await read(payosBody({ ...data, reference: "FT2" }));
    expect(part).toMatchObject({ eventKey: "link:FT2" });
  });

  it("of a number that is nobody's order still names a code, which then is unknown", async () => {
    const foreign = await read(payosBody(payosData(CODE, { orderCode: 124 })));
    expect(foreign).toMatchObject({ transfer: { code: codeOfOrderNumber(124) } });
  });

  it.each<[string, Fields]>([
    ["an amount with a fraction", { amount: 99_000.5 }],
    ["an amount as a text", { amount: "99000" }],
    ["an amount beyond all books", { amount: 9_000_000_000_001 }],
  ])("%s is no amount", async (_, change) => {
    const notice = await read(payosBody(payosData(CODE, change)));
    expect(notice).toMatchObject({ transfer: { amountMicroVnd: null } });
  });

  it.each<[string, Fields]>([
    ["a number as a text", { orderCode: "123" }],
    ["no reference", { reference: "" }],
    ["no link", { paymentLinkId: null }],
    ["no code", { code: null }],
  ])("with %s cannot be read, and is kept", async (_, change) => {
    expect(await read(payosBody(payosData(CODE, change)))).toMatchObject({ transfer: null });
  });

  it("whose fields are cut anew under the same signature is not believed", async () => {
    const payer = "x&orderCode=7&paymentLinkId=other&reference=FT9";
    const real = payosData(CODE, { description: payer });
    expect(await read(payosBody(real))).toMatchObject({ transfer: null });
    const tail = `FT9&orderCode=${String(real["orderCode"])}&paymentLinkId=${String(real["paymentLinkId"])}`;
    const cut = {
      ...real,
      description: "x",
      orderCode: 7,
      paymentLinkId: "other",
      reference: `${tail}&reference=${String(real["reference"])}`,
    };
    // The signature itself holds: it is over the fields joined.
    const notice = await read(resigned(real, cut));
    expect(notice).toMatchObject({ scheme: "signature", transfer: null });
  });
});
