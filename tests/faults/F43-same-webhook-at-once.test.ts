import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makePerson } from "../factories/people.ts";
import { startFaultRig, type FaultRig } from "../support/fault-rig.ts";
import { askFor, fateOf, holdingsOf, micro, takeSettingsOf } from "../support/paying.ts";
import { nextSepayId, postWebhook, sepayBody, sepayTestSettings } from "../support/sepay.ts";

const DELIVERIES = 40;

let rig: FaultRig;

beforeAll(async () => {
  rig = await startFaultRig({ processes: 2, settings: sepayTestSettings });
  takeSettingsOf(rig);
});

afterAll(async () => {
  await rig.stop();
});

/** Every delivery at once, by turns to the two processes. @returns what was answered. */
function deliverAtOnce(bodies: readonly string[]): Promise<{ status: number; text: string }[]> {
  return Promise.all(
    bodies.map(async (body, index) => {
      const response = await postWebhook(rig.app(index % 2).url, body);
      return { status: response.status, text: await response.text() };
    }),
  );
}

const taken = { status: 200, text: '{"success":true}' };

describe("F43 forty identical deliveries at once on two processes", () => {
  it("a plan is paid once and every delivery is taken", async () => {
    const person = await makePerson(rig.database);
    const order = await askFor(rig.database, person, {
      ...{ kind: "plan", planId: "premium", starts: "now" },
    });
    const id = nextSepayId();
    const body = sepayBody({ id, code: order.code, amount: 99_000 });
    const answers = await deliverAtOnce(Array.from({ length: DELIVERIES }, () => body));
    expect(answers).toEqual(Array.from({ length: DELIVERIES }, () => taken));
    expect(await fateOf(rig.database.sql, id)).toEqual({
      ...{ state: "applied", reason: null, order: order.code },
    });
    expect(await holdingsOf(rig.database.sql, person.orgId)).toMatchObject({
      ...{ orders: ["paid"], cycles: 1, chains: 1, grants: {} },
    });
    const [row] = await rig.database.sql`
      select (select count(*)::int from webhook_events) as events,
             (select count(*)::int from payments) as payments,
             (select count(*)::int from outbox where kind = 'payment_received') as notices`;
    expect(row).toEqual({ events: 1, payments: 1, notices: 1 });
  });

  it("a top-up is granted once", async () => {
    const person = await makePerson(rig.database, {
      planId: "starter",
      budgetMicroVnd: vndToMicroVnd(29_000n),
    });
    const order = await askFor(rig.database, person, { kind: "top_up", amountVnd: 20_000 });
    const id = nextSepayId();
    const body = sepayBody({ id, code: order.code, amount: 20_000 });
    const answers = await deliverAtOnce(Array.from({ length: DELIVERIES }, () => body));
    expect(answers).toEqual(Array.from({ length: DELIVERIES }, () => taken));
    expect(await fateOf(rig.database.sql, id)).toMatchObject({ state: "applied", reason: null });
    expect(await holdingsOf(rig.database.sql, person.orgId)).toMatchObject({
      ...{ orders: ["paid"], grants: { top_up: micro(20_000) }, limit: micro(49_000) },
    });
  });

  it("forty different transfers for one order pay it once; the others wait for finance", async () => {
    const person = await makePerson(rig.database);
    const order = await askFor(rig.database, person, { kind: "top_up", amountVnd: 50_000 });
    const bodies = Array.from({ length: DELIVERIES }, () =>
      sepayBody({ code: order.code, amount: 50_000 }),
    );
    expect(await deliverAtOnce(bodies)).toEqual(bodies.map(() => taken));
    const fates = await rig.database.sql`
      select state, reason, count(*)::int as count from payments
       where order_id = ${order.orderId} group by 1, 2 order by 1`;
    expect(fates).toEqual([
      { state: "applied", reason: null, count: 1 },
      { state: "unmatched", reason: "already_paid", count: DELIVERIES - 1 },
    ]);
    expect(await holdingsOf(rig.database.sql, person.orgId)).toMatchObject({
      ...{ orders: ["paid"], grants: { top_up: micro(50_000) } },
    });
  });
});
