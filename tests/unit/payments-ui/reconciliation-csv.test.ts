import { describe, expect, it } from "vitest";
import type { ReconciliationView } from "@/features/payments/schema.ts";
import { reconciliationCsv } from "@/features/payments/ui/reconciliation-csv.ts";

const words = {
  header: ["Ngày", "Nội dung", "Số lượng", "Số tiền", "Lúc", "Mã", "Ghi chú"],
  kinds: {
    line_without_payment: "thiếu giao dịch",
    payment_without_line: "thiếu sao kê",
    order_without_money: "thiếu tiền",
  },
  bank: "Sao kê",
  payments: "Giao dịch",
  applied: "Ghi có",
  orders: "Đơn",
};

const view: ReconciliationView = {
  ...{ day: "2026-11-20", isConfigured: true, lastReadAt: null },
  bankLines: { count: 2, amountMicroVnd: "99000500000" },
  payments: { count: 1, amountMicroVnd: "99000000000", appliedMicroVnd: "0" },
  orders: { count: 0, amountMicroVnd: "0" },
  differences: [],
};

const lines = (csv: string) => csv.replace("\uFEFF", "").trimEnd().split("\r\n");

const difference = (text: string): ReconciliationView["differences"][number] => ({
  ...{ kind: "payment_without_line", id: "p1", amountMicroVnd: "500000" },
  ...{ occurredAt: "2026-11-20T05:00:00.000Z", text },
});

describe("the report as CSV", () => {
  it("has the three sums in đồng, exactly, and reads as UTF-8", () => {
    const csv = reconciliationCsv(view, words);
    expect(csv.startsWith("\uFEFF")).toBe(true);
    expect(lines(csv)).toEqual([
      '"Ngày","Nội dung","Số lượng","Số tiền","Lúc","Mã","Ghi chú"',
      '"2026-11-20","Sao kê","2","99000.5","","",""',
      '"2026-11-20","Giao dịch","1","99000","","",""',
      '"2026-11-20","Ghi có","","0","","",""',
      '"2026-11-20","Đơn","0","0","","",""',
    ]);
  });

  it("leaves the bank's fields empty where it was not asked", () => {
    const csv = reconciliationCsv({ ...view, bankLines: null }, words);
    expect(lines(csv)[1]).toBe('"2026-11-20","Sao kê","","","","",""');
  });

  it("has each difference on a row of its own", () => {
    const csv = reconciliationCsv({ ...view, differences: [difference('say "hi", ok')] }, words);
    expect(lines(csv).at(-1)).toBe(
      '"2026-11-20","thiếu sao kê","1","0.5","2026-11-20T05:00:00.000Z","p1","say ""hi"", ok"',
    );
  });

  it.each(["=HYPERLINK(1)", "+84", "-1", "@cmd", "\tx"])(
    "never lets a payer's text %j be a formula",
    (text) => {
      const csv = reconciliationCsv({ ...view, differences: [difference(text)] }, words);
      expect(csv).toContain(`,"'${text}"`);
    },
  );
});
