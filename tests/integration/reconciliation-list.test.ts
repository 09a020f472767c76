import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  listTransactions,
  type BankTransaction,
  type TransactionSource,
} from "@/server/sepay/list-transactions.ts";
import { startSepayBank, type SepayBank } from "../support/sepay-bank.ts";
import { SEPAY_ACCOUNT } from "../support/sepay.ts";

let bank: SepayBank;

beforeAll(async () => {
  bank = await startSepayBank();
});

beforeEach(() => {
  bank.empty();
});

afterAll(() => bank.stop());

async function read(source: TransactionSource = bank.source, fromDay = "2026-11-01") {
  const transactions: BankTransaction[] = [];
  let unreadable = 0;
  for await (const page of listTransactions(source, fromDay)) {
    transactions.push(...page.transactions);
    unreadable += page.unreadable;
  }
  return { transactions, unreadable };
}

describe("SePay's transaction list", () => {
  it("is read in our units: micro-VND, Vietnam's time, empty texts", async () => {
    const at = new Date("2026-11-20T17:30:05Z");
    bank.book({ code: "PHOABCDEFGH", amount: 99_000, at, reference: "FT1", subAccount: "VA1" });
    bank.book({ direction: "out", amount: 5, at, reference: "", content: "rut tien" });
    const { transactions } = await read();
    expect(transactions).toMatchObject([
      {
        ...{ direction: "in", amountMicroVnd: 99_000_000_000n, accountNumber: SEPAY_ACCOUNT },
        ...{ subAccount: "VA1", content: "PHOABCDEFGH", code: "PHOABCDEFGH", occurredAt: at },
        referenceCode: "FT1",
      },
      { direction: "out", amountMicroVnd: 5_000_000n, code: null, referenceCode: "" },
    ]);
  });

  it("is read to its last page, oldest first, from the day asked on", async () => {
    const start = Date.parse("2026-11-10T00:00:00Z");
    for (let index = 249; index >= 0; index -= 1) {
      bank.book({ amount: index + 1, at: new Date(start + index * 1_000) });
    }
    bank.book({ amount: 777, at: new Date("2026-10-31T12:00:00Z") });
    const { transactions } = await read();
    expect(transactions.map(({ amountMicroVnd }) => Number(amountMicroVnd / 1_000_000n))).toEqual(
      Array.from({ length: 250 }, (_, index) => index + 1),
    );
    expect(bank.asked.map((query) => Object.fromEntries(query))).toEqual(
      ["1", "2", "3"].map((page) => ({
        ...{ transaction_date_from: "2026-11-01", transaction_date_sort: "asc" },
        ...{ page, per_page: "100" },
      })),
    );
  });

  it("is asked again after a time-out, a 5xx, an answer that is no JSON", async () => {
    bank.book({ at: new Date("2026-11-10T00:00:00Z") });
    bank.interrupt(
      503,
      (response) => response.writeHead(200).end("<html>maintenance</html>"),
      (response) => response.writeHead(200).write("{"),
      (response) => response.destroy(),
    );
    const { transactions } = await read({ ...bank.source, timeoutMs: 200 });
    expect(transactions).toHaveLength(1);
    expect(bank.asked).toHaveLength(5);
  });

  it("is left alone as long as a 429 says", async () => {
    bank.book({ at: new Date("2026-11-10T00:00:00Z") });
    bank.interrupt((response) => response.writeHead(429, { "retry-after": "1" }).end());
    const startedMs = performance.now();
    expect((await read()).transactions).toHaveLength(1);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(990);
  });

  it("is given up after five times, and not asked twice with a refused token", async () => {
    bank.interrupt(500, 500, 500, 500, 500);
    await expect(read()).rejects.toThrow("it answered 500");
    expect(bank.asked).toHaveLength(5);
    bank.empty();
    await expect(read({ ...bank.source, token: "another" })).rejects.toThrow("it answered 401");
    expect(bank.asked).toHaveLength(1);
  });

  it("never takes the token to another address", async () => {
    const other = await startSepayBank();
    bank.interrupt(
      ...Array.from({ length: 5 }, () => (response: ServerResponse) => {
        response.writeHead(302, { location: `${other.source.baseUrl}/v2/transactions` }).end();
      }),
    );
    await expect(read()).rejects.toThrow("it cannot be reached");
    const elsewhere = other.asked.length;
    await other.stop();
    expect(elsewhere).toBe(0);
  });

  it("of another shape is refused without its words in the message", async () => {
    bank.interrupt((response) => response.writeHead(200).end('{"secret":"NGUYEN VAN A"}'));
    const problem = await read().then(String, String);
    expect(problem).toContain("another shape");
    expect(problem).not.toContain("NGUYEN");
  });

  it.each([
    ["a fraction", { amount_in: 1.5 }],
    ["a text for an amount", { amount_in: "99000" }],
    ["an amount below zero", { amount_in: -1 }],
    ["more than a bigint of micro-VND holds", { amount_in: 9_000_000_000_001 }],
    ["another direction", { transfer_type: "refund" }],
    ["a date of another form", { transaction_date: "2026/11/20" }],
    ["a day there is not", { transaction_date: "2026-11-45 10:00:00" }],
    ["no id", { id: null }],
  ])("counts a row with %s and reads the others", async (_, fields) => {
    const date = { transaction_date: "2026-11-10 10:00:00" };
    bank.bookRow({ ...date, ...fields });
    bank.bookRow(date);
    const { transactions, unreadable } = await read();
    expect({ read: transactions.length, unreadable }).toEqual({ read: 1, unreadable: 1 });
  });

  it("is taken without what the database cannot hold", async () => {
    bank.bookRow({
      transaction_date: "2026-11-10 10:00:00",
      transaction_content: "a\u0000b\ud800c",
    });
    const { transactions } = await read();
    expect(transactions[0]?.content).toBe("a\uFFFDb\uFFFDc");
    expect(JSON.stringify(transactions[0]?.raw)).not.toMatch(/\\u0000|\\ud800/);
  });

  it("may be set with its version or without", async () => {
    bank.book({ at: new Date("2026-11-10T00:00:00Z") });
    const { baseUrl } = bank.source;
    for (const set of [`${baseUrl}/`, `${baseUrl}/v2`, `${baseUrl}/v2/`]) {
      expect((await read({ ...bank.source, baseUrl: set })).transactions).toHaveLength(1);
    }
  });
});
