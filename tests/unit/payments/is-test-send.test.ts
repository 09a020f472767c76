import { describe, expect, it } from "vitest";
import { isTestSend } from "@/domain/payments/is-test-send.ts";

const facts = { eventKey: "92704", texts: [null, "NGUYEN VAN A chuyen tien"], isOnBankList: false };

describe("SePay's test send", () => {
  it("has no id of its own", () => {
    expect(isTestSend({ ...facts, eventKey: "test:0a1b" })).toBe(true);
    expect(isTestSend(facts)).toBe(false);
    expect(isTestSend({ ...facts, eventKey: null })).toBe(false);
  });

  it.each(["giao dich thu nghiem", "Giao dịch thử nghiệm", "SEPAY GIAO DICH THU NGHIEM 1"])(
    "says so in its memo: %s",
    (text) => {
      expect(isTestSend({ ...facts, texts: [text] })).toBe(true);
    },
  );

  it("is none when the bank's list has it", () => {
    const texts = ["giao dich thu nghiem"];
    expect(isTestSend({ eventKey: "test:0a1b", texts, isOnBankList: true })).toBe(false);
  });
});
