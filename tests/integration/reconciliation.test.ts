import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sepayWebhookDoor } from "@/api/doors/sepay-webhook.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { applyPayments } from "@/features/payments/apply-payments.ts";
import { openOrder } from "@/features/payments/open-order.ts";
import { reconcilePayments } from "@/features/payments/reconcile-payments.ts";
import type { OrderView } from "@/features/payments/schema.ts";
import { makePerson } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { sepayTestSettings, signedWebhook } from "../support/sepay.ts";
import { startSepayBank, type SepayBank } from "../support/sepay-bank.ts";

const AMOUNT_VND = 50_000;
const STALE_SECONDS = 3_600;

let bank: SepayBank;
let app: AppUnderTest;
let order: OrderView;

beforeAll(async () => {
  bank = await startSepayBank();
  app = await startApp({ settings: { ...sepayTestSettings, ...bank.settings } });
});

beforeEach(async () => {
  bank.empty();
  order = await makeOrder();
});

afterAll(async () => {
  await bank.stop();
  await app.stop();
});

async function makeOrder(): Promise<OrderView> {
  const person = await makePerson(app.database, { planId: "starter" });
  const ctx = await findOwner(app.database.db, { email: person.email, requestId: "test" });
  return openOrder(ctx, { kind: "top_up", amountVnd: AMOUNT_VND });
}

const reconcile = () => reconcilePayments(app.database.db);

async function paymentsWith(text: string) {
  return app.database.sql`
    select state, reason, verified_by, bank_line_id is not null as listed, webhook_event_id is not null as told
      from payments where content like ${`%${text}%`} order by created_at, id`;
}

async function orderState(): Promise<unknown> {
  const [row] = await app.database.sql`select state from orders where id = ${order.orderId}`;
  return row?.["state"];
}

async function openAlerts(): Promise<number> {
  const rows = await app.database.sql`
    select 1 from ops_alerts where dedupe_key = 'webhook_unmatched:bank_list' and resolved_at is null`;
  return rows.length;
}

function postStale(body: string): Promise<Response> {
  const nowSeconds = Math.floor(Date.now() / 1_000) - STALE_SECONDS;
  return sepayWebhookDoor(signedWebhook(body, { nowSeconds }));
}

describe("a payment signed too long ago", () => {
  it("grants nothing until the bank's list has it, and is applied once then", async () => {
    const { webhookBody } = bank.book({ code: order.code, amount: AMOUNT_VND });
    expect((await postStale(webhookBody)).status).toBe(200);
    expect(await paymentsWith(order.code)).toEqual([
      {
        ...{ state: "review", reason: "stale_signature", verified_by: null },
        ...{ listed: false, told: true },
      },
    ]);
    expect(await orderState()).toBe("open");
    expect(await reconcile()).toMatchObject({ joined: 1, missed: 0 });
    expect(await paymentsWith(order.code)).toEqual([
      {
        ...{ state: "applied", reason: null, verified_by: "transaction_list" },
        ...{ listed: true, told: true },
      },
    ]);
    expect(await orderState()).toBe("paid");
    await postStale(webhookBody);
    await sepayWebhookDoor(signedWebhook(webhookBody));
    expect(await reconcile()).toMatchObject({ joined: 0, missed: 0 });
    expect(await paymentsWith(order.code)).toMatchObject([{ state: "applied" }]);
  });

  it("is applied by the list's payment when the stale delivery comes after it", async () => {
    const { webhookBody } = bank.book({ code: order.code, amount: AMOUNT_VND });
    await reconcile();
    await postStale(webhookBody);
    expect(await paymentsWith(order.code)).toMatchObject([
      { state: "applied", verified_by: "transaction_list", told: true },
    ]);
  });

  it("stays as finance decided though the list has it now", async () => {
    const { webhookBody } = bank.book({ code: order.code, amount: AMOUNT_VND });
    await postStale(webhookBody);
    await app.database.sql`
      update payments set decided_by = 'finance', state = 'ignored' where content = ${order.code}`;
    await reconcile();
    expect(await paymentsWith(order.code)).toMatchObject([
      { state: "ignored", verified_by: "transaction_list", listed: true },
    ]);
    expect(await orderState()).toBe("open");
  });

  it("is not believed for a line of another amount", async () => {
    const { webhookBody } = bank.book({ code: order.code, amount: AMOUNT_VND });
    bank.empty();
    await postStale(webhookBody);
    bank.book({ code: order.code, amount: AMOUNT_VND - 1 });
    expect(await reconcile()).toMatchObject({ joined: 0, missed: 1 });
    expect(await paymentsWith(order.code)).toMatchObject([
      { state: "review", reason: "stale_signature", verified_by: null },
      { state: "unmatched", reason: "short", verified_by: "transaction_list" },
    ]);
    expect(await orderState()).toBe("partially_paid");
  });
});

describe("what the bank's list has and no webhook told", () => {
  it("is judged by the same rules: no code, too little, money out", async () => {
    const part = { code: order.code, amount: AMOUNT_VND - 1 };
    bank.book({ content: `khong ma ${order.code.slice(3)}` });
    bank.book(part);
    bank.book({ direction: "out", content: `rut tien mat ${order.code.slice(4)}` });
    expect(await reconcile()).toMatchObject({ missed: 3 });
    expect(await paymentsWith(order.code.slice(4))).toMatchObject([
      { state: "unmatched", reason: "no_code" },
      { state: "unmatched", reason: "short" },
      { state: "ignored", reason: "money_out" },
    ]);
    bank.book({ ...part, amount: 1 });
    await reconcile();
    expect(await orderState()).toBe("paid");
  });

  it("of an account of ours by its virtual account, and of a foreign one only with a code", async () => {
    bank.book({ account: "9999", subAccount: "1017588888", content: "khach hang A" });
    bank.book({ account: "9999", content: "luong thang 11" });
    bank.book({ account: "9999", content: order.code, amount: AMOUNT_VND });
    expect(await reconcile()).toMatchObject({ lines: 3, missed: 2 });
    expect(await paymentsWith("khach hang A")).toMatchObject([{ reason: "no_code" }]);
    expect(await paymentsWith("luong thang 11")).toEqual([]);
    expect(await paymentsWith(order.code)).toMatchObject([
      { state: "review", reason: "wrong_account" },
    ]);
    const kept = await app.database.sql`select 1 from bank_lines where content = 'luong thang 11'`;
    expect(kept).toHaveLength(0);
    expect(await orderState()).toBe("open");
  });

  it("two transfers alike in all but what they are for are two", async () => {
    const other = await makeOrder();
    const at = new Date();
    const alike = { amount: AMOUNT_VND, at, reference: "" };
    const told = [order, other].map(({ code }) => bank.book({ ...alike, code }));
    await reconcile();
    for (const { webhookBody } of told) await sepayWebhookDoor(signedWebhook(webhookBody));
    for (const { code } of [order, other]) {
      expect(await paymentsWith(code)).toMatchObject([{ state: "applied", told: true }]);
    }
  });

  it("is applied by its job when applying it at once was interrupted", async () => {
    bank.book({ code: order.code, amount: AMOUNT_VND });
    await app.database.sql.unsafe(`
      create function refuse_paid() returns trigger language plpgsql as $$ begin
        if new.state = 'paid' then raise exception 'interrupted'; end if; return new; end $$;
      create trigger refuse_paid before update on orders for each row execute function refuse_paid()`);
    try {
      expect(await reconcile()).toMatchObject({ missed: 1 });
      expect(await paymentsWith(order.code)).toMatchObject([{ state: "received" }]);
    } finally {
      await app.database.sql.unsafe(
        "drop trigger refuse_paid on orders; drop function refuse_paid",
      );
    }
    await applyPayments(app.database.db, {});
    expect(await paymentsWith(order.code)).toMatchObject([{ state: "applied" }]);
  });
});

describe("reading the bank's list", () => {
  it("goes on where it was broken off: what was read is kept", async () => {
    const start = Date.now() - 200_000;
    for (let index = 0; index < 120; index += 1) {
      bank.book({ content: `trang ${order.code.slice(5)}`, at: new Date(start + index * 1_000) });
    }
    bank.interrupt(null, 403);
    await expect(reconcile()).rejects.toThrow("it answered 403");
    expect(await reconcile()).toMatchObject({ lines: 120, missed: 20 });
    expect(await reconcile()).toMatchObject({ lines: 120, missed: 0 });
  });

  it("one line that cannot be stored stops no other, and its words are in no message", async () => {
    await app.database.sql.unsafe(`
      create function refuse_one() returns trigger language plpgsql as $$ begin
        if new.content like 'NGUYEN VAN A%' then raise exception 'refused' using errcode = 'PH099'; end if;
        return new; end $$;
      create trigger refuse_one before insert on bank_lines for each row execute function refuse_one()`);
    try {
      bank.book({ content: "NGUYEN VAN A chuyen tien", at: new Date(Date.now() - 60_000) });
      bank.book({ code: order.code, amount: AMOUNT_VND });
      const problem = await reconcile().then(String, String);
      expect(problem).toContain("1 lines of the bank's list were not recorded: PH099");
      expect(problem).not.toContain("NGUYEN");
      expect(await orderState()).toBe("paid");
    } finally {
      await app.database.sql.unsafe(
        "drop trigger refuse_one on bank_lines; drop function refuse_one",
      );
    }
  });

  it("tells ops of rows nobody can read, until there are none", async () => {
    bank.bookRow({ amount_in: "a lot" });
    bank.book({ code: order.code, amount: AMOUNT_VND });
    expect(await reconcile()).toMatchObject({ unreadable: 1, missed: 1 });
    expect(await openAlerts()).toBe(1);
    bank.empty();
    await reconcile();
    expect(await openAlerts()).toBe(0);
  });

  it("is not done without a token, and fails aloud with a refused one", async () => {
    const off = await reconcilePayments(app.database.db, { source: null });
    expect(off).toEqual({ outcome: "off", lines: 0, joined: 0, missed: 0, unreadable: 0 });
    const refused = { ...bank.source, token: "another" };
    await expect(reconcilePayments(app.database.db, { source: refused })).rejects.toThrow("401");
  });

  it("asks for the three days before today in Vietnam, or as many as a person says", async () => {
    await reconcile();
    await reconcilePayments(app.database.db, { daysBack: 30 });
    const days = bank.asked.map((query) => String(query.get("transaction_date_from")));
    const backDays = days.map((day) => {
      const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
      return (Date.parse(today) - Date.parse(day)) / 86_400_000;
    });
    expect(backDays).toEqual([3, 30]);
  });
});
