import { describe, expect, it } from "vitest";
import { QRPay } from "vietnam-qr-pay";
import { describeTransfer, type TransferSettings } from "@/features/payments/describe-transfer.ts";

const settings: TransferSettings = {
  SEPAY_ACCOUNT_NUMBER: ["1017588888", "0001"],
  SEPAY_BANK_BIN: "970436",
  SEPAY_WEBHOOK_SECRET: "a secret",
  SEPAY_API_KEY: undefined,
  SEPAY_API_TOKEN: undefined,
};

/** CRC-16/CCITT-FALSE, written anew: the library's own is under test. */
function crcOf(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
      crc &= 0xffff;
    }
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}

/** The fields of an EMVCo text: two digits of id, two of length, the value. */
function fieldsOf(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    const length = Number(text.slice(at + 2, at + 4));
    fields[text.slice(at, at + 2)] = text.slice(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return fields;
}

type Vector = {
  readonly bank: string;
  readonly account: string;
  readonly amount?: string;
  readonly memo?: string;
  readonly text: string;
};

/** Known to be good; the first five by others, all with their checks recomputed. */
const vectors: readonly Vector[] = [
  {
    ...{ bank: "970416", account: "257678859" },
    text: "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F",
  },
  {
    ...{ bank: "970416", account: "257678859", amount: "10000", memo: "Chuyen tien" },
    text: "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN62150811Chuyen tien630453E6",
  },
  {
    ...{ bank: "970416", account: "257678859", amount: "1000", memo: "Chuyen tien" },
    text: "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811Chuyen tien6304BBB8",
  },
  {
    ...{ bank: "970407", account: "19030413601018" },
    text: "00020101021138580010A000000727012800069704070114190304136010180208QRIBFTTA53037045802VN63040283",
  },
  {
    ...{ bank: "970422", account: "0352350917" },
    text: "00020101021138540010A00000072701240006970422011003523509170208QRIBFTTA53037045802VN630479db",
  },
  {
    ...{ bank: "970436", account: "1017588888", amount: "99000", memo: "SEVN63DC8E5C" },
    text: "00020101021238540010A00000072701240006970436011010175888880208QRIBFTTA53037045405990005802VN62160812SEVN63DC8E5C63047947",
  },
];

describe("the VietQR text", () => {
  it("the check used here gives the known value", () => {
    expect(crcOf("123456789")).toBe("29B1");
  });

  it.each(vectors)("reads the known text of account $account", (vector) => {
    const read = new QRPay(vector.text);
    expect(read.isValid).toBe(true);
    expect(read.consumer).toMatchObject({ bankBin: vector.bank, bankNumber: vector.account });
    expect(crcOf(vector.text.slice(0, -4))).toBe(vector.text.slice(-4).toUpperCase());
  });

  it.each(vectors)("writes the known text of account $account, amount $amount", (vector) => {
    const written = QRPay.initVietQR({
      bankBin: vector.bank,
      bankNumber: vector.account,
      ...(vector.amount === undefined ? {} : { amount: vector.amount }),
      ...(vector.memo === undefined ? {} : { purpose: vector.memo }),
    }).build();
    expect(written).toBe(vector.text.slice(0, -4) + vector.text.slice(-4).toUpperCase());
  });

  it("a wrong check is refused", () => {
    const [, , third] = vectors;
    expect(new QRPay(`${(third?.text ?? "").slice(0, -4)}BBB5`).isValid).toBe(false);
  });
});

describe("describeTransfer", () => {
  it.each(vectors.filter(({ amount }) => amount !== undefined))(
    "asks $account for $amount with the known text",
    ({ bank, account, amount = "", memo = "", text }) => {
      const view = describeTransfer(
        { ...settings, SEPAY_BANK_BIN: bank, SEPAY_ACCOUNT_NUMBER: [account] },
        { code: memo, amountMicroVnd: BigInt(amount) * 1_000_000n },
      );
      expect(view?.qr).toBe(text);
    },
  );

  it("holds what a person would type, the first account's", () => {
    const amountMicroVnd = 2_890_000_000_000n;
    const view = describeTransfer(settings, { code: "PHO23456789", amountMicroVnd });
    expect(view).toMatchObject({
      ...{ bankBin: "970436", bankName: "Vietcombank", accountNumber: "1017588888" },
      ...{ memo: "PHO23456789", amountMicroVnd: amountMicroVnd.toString() },
    });
    const qr = view?.qr ?? "";
    const fields = fieldsOf(qr);
    expect(fields).toMatchObject({ "00": "01", "01": "12", "53": "704", "54": "2890000" });
    expect(fieldsOf(fields["62"] ?? "")).toEqual({ "08": "PHO23456789" });
    const consumer = fieldsOf(fieldsOf(fields["38"] ?? "")["01"] ?? "");
    expect(consumer).toEqual({ "00": "970436", "01": "1017588888" });
    expect(crcOf(qr.slice(0, -4))).toBe(qr.slice(-4));
  });

  it("never asks for less than is missing: a part of a đồng is rounded up", () => {
    const view = describeTransfer(settings, { code: "PHO23456789", amountMicroVnd: 1_000_001n });
    expect(view?.amountMicroVnd).toBe("2000000");
    expect(fieldsOf(view?.qr ?? "")["54"]).toBe("2");
  });

  it("names a bank the list does not have by its number", () => {
    const transfer = { code: "PHO23456789", amountMicroVnd: 1_000_000n };
    const view = describeTransfer({ ...settings, SEPAY_BANK_BIN: "999999" }, transfer);
    expect(view?.bankName).toBe("999999");
  });

  it.each([
    { what: "no account", without: { SEPAY_ACCOUNT_NUMBER: [] } },
    { what: "no bank", without: { SEPAY_BANK_BIN: undefined } },
    { what: "nothing that would tell of the money", without: { SEPAY_WEBHOOK_SECRET: undefined } },
  ])("offers no transfer with $what", ({ without }) => {
    const transfer = { code: "PHO23456789", amountMicroVnd: 1_000_000n };
    expect(describeTransfer({ ...settings, ...without }, transfer)).toBeNull();
  });

  it.each([{ SEPAY_API_KEY: "a key" }, { SEPAY_API_TOKEN: "a token" }])(
    "offers it where the money is heard of otherwise",
    (other) => {
      const heard = { ...settings, SEPAY_WEBHOOK_SECRET: undefined, ...other };
      const transfer = { code: "PHO23456789", amountMicroVnd: 1_000_000n };
      expect(describeTransfer(heard, transfer)).not.toBeNull();
    },
  );
});
