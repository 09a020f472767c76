import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOrderCode } from "@/domain/payments/order-code.ts";
import { applyPayments } from "@/features/payments/apply-payments.ts";
import { cancelOrder } from "@/features/payments/cancel-order.ts";
import { getOrder } from "@/features/payments/get-order.ts";
import { reverseOrder } from "@/features/payments/reverse-order.ts";
import type { OpenOrderInput } from "@/features/payments/schema.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { askFor, ctxOf, deliver, fateOf, holdingsOf, micro } from "../support/paying.ts";
import { nextSepayId, sepayBody, sepayTestSettings } from "../support/sepay.ts";

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
});

afterAll(async () => {
  await app.stop();
});

const premium: OpenOrderInput = { kind: "plan", planId: "premium", starts: "now" };
const topUp = (amountVnd: number): OpenOrderInput => ({ kind: "top_up", amountVnd });

/** Somebody new with an open order. */
async function payer(input: OpenOrderInput) {
  const person = await makePerson(app.database);
  const order = await askFor(app.database, person, input);
  return { person, order, code: order.code };
}

async function seen(person: Person, orderId: string) {
  return getOrder(await ctxOf(app.database, person), orderId);
}

const held = (person: Person) => holdingsOf(app.database.sql, person.orgId);
const fate = (id: number) => fateOf(app.database.sql, id);

describe("what goes wrong with orders in practice", () => {
  it("case 1: the same id again, at once and later, counts once", async () => {
    const { person, code } = await payer(premium);
    const id = nextSepayId();
    const body = sepayBody({ id, code, amount: 99_000 });
    await Promise.all([1, 2, 3, 4].map(() => deliver(body)));
    await deliver(body);
    // Other bytes under the same id, as another webhook on the same address sends them.
    await deliver(sepayBody({ id, code, amount: 99_000, fields: { accumulated: 1 } }));
    expect(await held(person)).toMatchObject({ orders: ["paid"], cycles: 1, grants: {} });
    const [row] = await app.database.sql`
      select count(*)::int as count from webhook_events where event_key = ${String(id)}`;
    expect(row).toEqual({ count: 1 });
  });

  it("case 2: paid twice by two transfers: bought once, the second waits for finance", async () => {
    const { person, code } = await payer(premium);
    const ids = [nextSepayId(), nextSepayId()];
    for (const id of ids) await deliver(sepayBody({ id, code, amount: 99_000 }));
    expect(await fate(ids[0] ?? 0)).toMatchObject({ state: "applied", reason: null });
    expect(await fate(ids[1] ?? 0)).toEqual({
      ...{ state: "unmatched", reason: "already_paid", order: code },
    });
    expect(await held(person)).toMatchObject({ orders: ["paid"], cycles: 1, grants: {} });
  });

  it("case 3: underpaid: nothing is granted until the rest has come", async () => {
    const { person, order, code } = await payer(premium);
    await deliver(sepayBody({ code, amount: 90_000 }));
    expect(await seen(person, order.orderId)).toMatchObject({
      ...{ state: "partially_paid", paidMicroVnd: micro(90_000), missingMicroVnd: micro(9_000) },
      transfer: { amountMicroVnd: micro(9_000) },
    });
    expect(await held(person)).toMatchObject({ cycles: 0, grants: {} });
    await deliver(sepayBody({ code, amount: 9_000 }));
    expect(await held(person)).toMatchObject({ orders: ["paid"], cycles: 1, grants: {} });
  });

  it("case 4: overpaid: bought once, the surplus is credited to the budget", async () => {
    const { person, order, code } = await payer(premium);
    await deliver(sepayBody({ code, amount: 198_000 }));
    expect(await held(person)).toEqual({
      ...{ orders: ["paid"], cycles: 1, chains: 1 },
      ...{ grants: { surplus: micro(99_000) }, limit: micro(198_000) },
    });
    expect(await seen(person, order.orderId)).toMatchObject({
      ...{ surplusMicroVnd: micro(99_000), missingMicroVnd: "0", transfer: null },
    });
  });

  it("case 7: the codes of two open orders in one memo: finance decides, nobody guesses", async () => {
    const [one, two] = [await payer(topUp(20_000)), await payer(topUp(20_000))];
    const id = nextSepayId();
    const content = `${one.code} ${two.code}`;
    await deliver(sepayBody({ id, amount: 20_000, content, foundCode: one.code }));
    expect(await fate(id)).toMatchObject({ state: "review", reason: "two_codes" });
    expect((await held(one.person)).orders).toEqual(["open"]);
    expect((await held(two.person)).orders).toEqual(["open"]);
  });

  it("case 7: of two codes the one whose order is still open is meant", async () => {
    const [paid, open] = [await payer(topUp(20_000)), await payer(topUp(20_000))];
    await deliver(sepayBody({ code: paid.code, amount: 20_000 }));
    const content = `${paid.code} ${open.code}`;
    await deliver(sepayBody({ amount: 20_000, content, foundCode: null }));
    expect((await held(open.person)).orders).toEqual(["paid"]);
    expect((await held(paid.person)).grants).toEqual({ top_up: micro(20_000) });
  });

  it("case 8: no code: kept unmatched, however well the amount fits", async () => {
    const { person } = await payer(topUp(23_456));
    const id = nextSepayId();
    await deliver(sepayBody({ id, amount: 23_456, content: "NGUYEN VAN A chuyen tien" }));
    await applyPayments(app.database.db, {});
    expect(await fate(id)).toEqual({ state: "unmatched", reason: "no_code", order: null });
    expect((await held(person)).orders).toEqual(["open"]);
  });

  it("case 9: money for a cancelled order is kept as late, with its order", async () => {
    const { person, order, code } = await payer(topUp(20_000));
    await cancelOrder(await ctxOf(app.database, person), order.orderId);
    const id = nextSepayId();
    await deliver(sepayBody({ id, code, amount: 20_000 }));
    expect(await fate(id)).toEqual({ state: "unmatched", reason: "late", order: code });
    expect(await held(person)).toMatchObject({ orders: ["cancelled"], grants: {} });
  });

  it("case 14: a webhook before its order is there is matched by the timer", async () => {
    const person = await makePerson(app.database);
    const code = makeOrderCode((max) => randomInt(max));
    const id = nextSepayId();
    await deliver(sepayBody({ id, code, amount: 20_000 }));
    expect(await fate(id)).toMatchObject({ state: "unmatched", reason: "unknown_code" });
    await app.database.sql`
      insert into orders (code, org_id, user_id, kind, price_micro_vnd, expires_at)
      values (${code}, ${person.orgId}, ${person.userId}, 'top_up', ${micro(20_000)}, app_now() + interval '1 day')`;
    await applyPayments(app.database.db, {});
    await applyPayments(app.database.db, {});
    expect(await fate(id)).toEqual({ state: "applied", reason: null, order: code });
    expect(await held(person)).toMatchObject({
      ...{ orders: ["paid"], grants: { top_up: micro(20_000) } },
    });
  });

  it("case 20: what a browser says of a payment changes nothing", async () => {
    const { person, order } = await payer(premium);
    const { orderId } = order;
    for (const said of [{ status: "paid" }, { code: "00", cancel: "false" }, { state: "paid" }]) {
      const answer = await trpc(person, "billing.getOrder", { input: { orderId, ...said } });
      expect(answer.code).toBe("invalid_input");
    }
    const answer = await trpc(person, "billing.getOrder", { input: { orderId } });
    expect(answer.data).toMatchObject({ state: "open", paidMicroVnd: "0" });
    expect(await held(person)).toMatchObject({ orders: ["open"], cycles: 0 });
  });

  it("case 22: a step that fails undoes all of them; the next attempt does all", async () => {
    const { sql } = app.database;
    const { person, code } = await payer(premium);
    await sql.unsafe(`
      create function refuse_notice() returns trigger language plpgsql as $$
        begin raise exception 'no notices now'; end $$;
      create trigger refuse_notice before insert on outbox
        for each row when (new.kind = 'payment_received') execute function refuse_notice();`);
    const id = nextSepayId();
    await deliver(sepayBody({ id, code, amount: 109_000 }));
    expect(await fate(id)).toEqual({ state: "received", reason: null, order: null });
    expect(await held(person)).toMatchObject({ orders: ["open"], cycles: 0, grants: {} });
    await sql.unsafe("drop trigger refuse_notice on outbox");
    await applyPayments(app.database.db, {});
    expect(await held(person)).toMatchObject({
      ...{ orders: ["paid"], cycles: 1, grants: { surplus: micro(10_000) } },
    });
  });

  it("case 23: a refund is a counter-entry with an audit trail; nothing is deleted", async () => {
    const { db, sql } = app.database;
    const { person, order, code } = await payer(topUp(20_000));
    await deliver(sepayBody({ code, amount: 20_000 }));
    const { now, requestId } = await ctxOf(app.database, person);
    const word = { orderId: order.orderId, actor: "finance", reason: "asked for it" };
    await db.transaction((tx) => reverseOrder({ db: tx, now, requestId }, word));
    expect(await held(person)).toMatchObject({
      orders: ["refunded"],
      grants: { top_up: micro(20_000), reversal: micro(-20_000) },
    });
    const trail = await sql`
      select action from audit_log where subject in (${`order:${order.orderId}`}, ${`org:${person.orgId}`}) order by id`;
    expect(trail.map((row) => String(row["action"]))).toContain("order.refund");
  });

  it("case 24: who pays somebody else's code pays for them, and learns nothing of them", async () => {
    const { person, order, code } = await payer(topUp(20_000));
    const stranger = await makePerson(app.database);
    const asked = await trpc(stranger, "billing.getOrder", { input: { orderId: order.orderId } });
    expect(asked.code).toBe("not_found");
    await deliver(sepayBody({ code, amount: 20_000, content: `${code} tu nguoi la` }));
    expect((await held(person)).grants).toEqual({ top_up: micro(20_000) });
    expect(await held(stranger)).toMatchObject({ orders: [], grants: {} });
    const codes = await Promise.all(
      Array.from({ length: 20 }, () =>
        makePerson(app.database).then((one) =>
          askFor(app.database, one, topUp(20_000)).then((made) => made.code),
        ),
      ),
    );
    expect(new Set(codes).size).toBe(20);
    expect(new Set(codes.map((one) => one.slice(0, 6))).size).toBeGreaterThan(15);
  });

  // Changes a plan of this database: the others are done.
  it("case 21: the price changed since the order: its own price holds", async () => {
    const { person, order, code } = await payer(premium);
    await app.database.sql`
      update plans set price_micro_vnd = 150000000000, budget_ratio_bp = 5000, enabled = false where id = 'premium'`;
    expect((await seen(person, order.orderId)).priceMicroVnd).toBe(micro(99_000));
    await deliver(sepayBody({ code, amount: 99_000 }));
    expect(await held(person)).toMatchObject({
      ...{ orders: ["paid"], cycles: 1, grants: {}, limit: micro(99_000) },
    });
  });
});
