import { describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { readSepayNotice, vietnamInstant } from "@/server/sepay/sepay-notice.ts";
import { sepayBody } from "../../support/sepay.ts";

function read(text: string) {
  return readSepayNotice(Buffer.from(text), JSON.parse(text));
}

const withFields = (fields: Record<string, unknown>) => read(sepayBody({ id: 92704, fields }));

describe("reading a notice of SePay", () => {
  it("takes the transfer as the bank's, in micro-VND and UTC", () => {
    const text = sepayBody({
      ...{
        id: 92704,
        code: "PHO7K2M9QX5",
        content: "PHO7K2M9QX5 ck",
        description: "NGUYEN VAN A ck",
      },
      ...{ amount: 5_000_000, reference: "FT24012345678" },
      at: new Date("2024-07-02T04:08:33Z"),
    });
    expect(text).toContain('"2024-07-02 11:08:33"');
    expect(read(text)).toEqual({
      eventKey: "92704",
      transfer: {
        ...{ direction: "in", amountMicroVnd: vndToMicroVnd(5_000_000n), currency: "VND" },
        ...{ accountNumber: "1017588888", subAccount: "", code: "PHO7K2M9QX5" },
        ...{ content: "PHO7K2M9QX5 ck", description: "NGUYEN VAN A ck" },
        ...{ referenceCode: "FT24012345678", occurredAt: new Date("2024-07-02T04:08:33Z") },
      },
    });
  });

  it("takes older samples, which write null or leave fields out", () => {
    const older = withFields({
      subAccount: null,
      code: null,
      description: undefined,
      referenceCode: null,
    });
    expect(older.transfer).toMatchObject({
      subAccount: "",
      code: null,
      description: "",
      referenceCode: "",
    });
  });

  it.each([1.5, "99000", "", null, undefined, 2 ** 53, 1e15, Number.NaN, true, [1], {}])(
    "case 12: %j is no amount",
    (transferAmount) => {
      expect(withFields({ transferAmount }).transfer?.amountMicroVnd).toBeNull();
    },
  );

  it("case 12: nought and less are amounts, to be judged", () => {
    expect(withFields({ transferAmount: 0 }).transfer?.amountMicroVnd).toBe(0n);
    expect(withFields({ transferAmount: -1 }).transfer?.amountMicroVnd).toBe(-1_000_000n);
  });

  it.each([
    ["in", "in"],
    ["out", "out"],
    ["IN", "unknown"],
    ["both", "unknown"],
    [null, "unknown"],
    [1, "unknown"],
  ])("reads the direction %j as %s", (transferType, direction) => {
    expect(withFields({ transferType }).transfer?.direction).toBe(direction);
  });

  it.each([0, -1, 1.5, null, "abc", "0", 2 ** 53, undefined])(
    "keys an event with the id %j by its bytes",
    (id) => {
      const first = withFields({ id });
      expect(first.eventKey).toMatch(/^test:[0-9a-f]{64}$/);
      expect(withFields({ id, content: "another" }).eventKey).not.toBe(first.eventKey);
    },
  );

  it("takes an id written as text for the same id", () => {
    expect(withFields({ id: "92704" }).eventKey).toBe("92704");
  });

  it("keeps texts the database can hold", () => {
    const { transfer } = withFields({ content: "a\u0000b", description: "\ud800" });
    expect(transfer).toMatchObject({ content: "a\uFFFDb", description: "\uFFFD" });
  });

  it.each(["[]", "null", '"x"', "7", "{}", '{"id":7,"order":{}}'])(
    "%s tells of no transfer",
    (text) => {
      expect(read(text).transfer).toBeNull();
    },
  );
});

describe("case 13: SePay's instants are Vietnam's", () => {
  it.each([
    ["2024-07-02 11:08:33", "2024-07-02T04:08:33.000Z"],
    ["2026-01-01 00:30:00", "2025-12-31T17:30:00.000Z"],
    ["2024-02-29 23:59:59", "2024-02-29T16:59:59.000Z"],
    ["2024-07-02T11:08:33", "2024-07-02T04:08:33.000Z"],
  ])("%s is %s, wherever the server stands", (written, instant) => {
    expect(vietnamInstant(written)?.toISOString()).toBe(instant);
  });

  it.each([
    "",
    "2024-07-02",
    "2023-02-29 10:00:00",
    "2024-13-01 10:00:00",
    "2024-07-02 24:00:00",
    "0000-01-01 00:00:00",
  ])("%j is none", (written) => {
    expect(vietnamInstant(written)).toBeNull();
  });
});
