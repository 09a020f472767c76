import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminVerbs } from "@/cli/admin-verbs.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { openOrder } from "@/features/payments/open-order.ts";
import { db } from "@/server/db/client.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { sepayTestSettings } from "../support/sepay.ts";
import { runScript } from "../support/run-script.ts";
import { startSepayBank, type SepayBank } from "../support/sepay-bank.ts";

const AMOUNT_VND = 50_000;

let bank: SepayBank;
let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  bank = await startSepayBank();
  app = await startApp({ settings: { ...sepayTestSettings, ...bank.settings } });
  person = await makePerson(app.database, { planId: "starter", budgetMicroVnd: 29_000_000_000n });
});

afterAll(async () => {
  await bank.stop();
  await app.stop();
});

/** A verb in this process. @returns its JSON, as printed. */
async function admin(verb: string, values: Record<string, string> = {}): Promise<unknown> {
  const result = await adminVerbs[verb]?.(db(), { values, words: [] });
  return JSON.parse(JSON.stringify(result));
}

const reason = "khách gọi điện";

async function paymentOf(content: string): Promise<string> {
  const [row] = await app.database.sql`select id from payments where content = ${content}`;
  return String(row?.["id"]);
}

async function stateOf(paymentId: string): Promise<unknown> {
  const [row] = await app.database.sql`select state from payments where id = ${paymentId}`;
  return row?.["state"];
}

async function limit(): Promise<bigint> {
  const [row] = await app.database.sql`
    select coalesce(sum(limit_micro_vnd), 0)::text as limit from budget_periods where org_id = ${person.orgId}`;
  return BigInt(String(row?.["limit"]));
}

async function audited(paymentId: string) {
  const rows = await app.database.sql`
    select action, actor, reason from audit_log where subject = ${`payment:${paymentId}`} order by created_at, ctid`;
  return rows.map((row) => `${String(row["action"])} by ${String(row["actor"])}`);
}

describe("npm run admin, about money that came in", () => {
  it("reads the bank's list, lists what waits, credits it once per key and takes it back", async () => {
    bank.book({ content: "tien quen ma", amount: AMOUNT_VND });
    expect(await admin("reconcile-payments")).toMatchObject({ outcome: "read", missed: 1 });
    const paymentId = await paymentOf("tien quen ma");
    expect(await admin("list-inbox")).toMatchObject({
      openCount: 1,
      payments: [{ paymentId, state: "unmatched", reason: "no_code", isOnBankList: true }],
    });
    const before = await limit();
    const credit = { payment: paymentId, email: person.email, reason, key: randomUUID() };
    const credited = await admin("credit-payment", credit);
    expect(await admin("credit-payment", credit)).toEqual(credited);
    expect(await limit()).toBe(before + BigInt(AMOUNT_VND) * 1_000_000n);
    expect(await stateOf(paymentId)).toBe("applied");
    const { decisionId } = credited as { decisionId: string };
    await admin("undo-payment", { decision: decisionId, reason });
    expect(await limit()).toBe(before);
    expect(await stateOf(paymentId)).toBe("unmatched");
    expect(await audited(paymentId)).toEqual(["payment.credit by cli", "payment.undo by cli"]);
  });

  it("does the same for a person at a shell", async () => {
    const { exitCode, output, errors } = await runScript("src/cli/admin.ts", [
      ...["reconcile-payments", "--days", "2"],
    ]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: "" });
    expect(JSON.parse(output)).toMatchObject({ outcome: "read", lines: 1, missed: 0 });
  });

  it("attaches a transfer to an order by its code, and marks another for refund", async () => {
    const ctx = await findOwner(app.database.db, { email: person.email, requestId: "test" });
    const order = await openOrder(ctx, { kind: "top_up", amountVnd: AMOUNT_VND });
    bank.book({ content: "nap tien", amount: AMOUNT_VND });
    bank.book({ content: "chuyen nham", amount: 1_000 });
    await admin("reconcile-payments", { days: "5" });
    const [forOrder, mistaken] = [await paymentOf("nap tien"), await paymentOf("chuyen nham")];
    await admin("attach-payment", { payment: forOrder, order: order.code, reason });
    const [row] = await app.database.sql`select state from orders where id = ${order.orderId}`;
    expect(row).toEqual({ state: "paid" });
    await admin("refund-payment", { payment: mistaken, reason });
    expect(await audited(mistaken)).toEqual(["payment.refund by cli"]);
  });

  it("changes what a plan costs and whether it is sold, with the margin shown", async () => {
    await admin("change-plan", { plan: "starter", "price-vnd": "39000", reason });
    const plans = await admin("list-plans");
    expect(plans).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ planId: "starter", priceMicroVnd: "39000000000" }),
      ]),
    );
    await admin("change-plan", { plan: "starter", offered: "no", reason });
    const [row] = await app.database.sql`select enabled from plans where id = 'starter'`;
    expect(row).toEqual({ enabled: false });
  });

  it.each([
    ["credit-payment", { payment: "x", email: "an@pho.example", reason }],
    ["credit-payment", { payment: randomUUID(), email: "nobody", reason }],
    ["attach-payment", { payment: randomUUID(), reason }],
    ["undo-payment", { decision: randomUUID(), reason: "" }],
    ["reconcile-payments", { days: "63" }],
    ["change-plan", { plan: "starter", "price-vnd": "12.5", reason }],
    ["list-inbox", { show: "everything" }],
  ])("refuses %s with %j", async (verb, values) => {
    await expect(admin(verb, values)).rejects.toThrow();
  });
});
