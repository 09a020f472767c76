import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import {
  countStored,
  deliver,
  grantedTo,
  orderState,
  paymentOf,
  plantOrder,
  TAKEN,
  type PlantedOrder,
} from "../support/sepay-world.ts";
import { nextSepayId, sepayBody, sepayTestSettings, signWebhook } from "../support/sepay.ts";
import { setClock } from "../support/test-database.ts";

const HOUR_MS = 3_600_000;
const price = vndToMicroVnd(99_000n);

let app: AppUnderTest;
let person: Person;
let order: PlantedOrder;
let id: number;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
});

beforeEach(async () => {
  person = await makePerson(app.database);
  order = await plantOrder(app.database, person);
  id = nextSepayId();
});

afterEach(() => setClock(app.database.sql, null));

afterAll(() => app.stop());

const nowSeconds = (aheadMs = 0) => Math.floor((Date.now() + aheadMs) / 1000);

async function expectAppliedOnce(): Promise<void> {
  expect(await orderState(app.database, order.orderId)).toBe("paid");
  expect(await paymentOf(app.database, id)).toMatchObject({
    state: "applied",
    orderId: order.orderId,
  });
  const [row] = await app.database.sql<{ grants: number; changes: number }[]>`
    select (select count(*)::int from grants where cause = 'top_up' and org_id = ${person.orgId}) as grants,
           (select count(*)::int from payments where order_id = ${order.orderId}) as changes`;
  expect(row).toEqual({ grants: 1, changes: 1 });
}

async function expectWaiting(): Promise<void> {
  const waiting = { state: "review", reason: "stale_signature", verifiedBy: null };
  expect(await paymentOf(app.database, id)).toMatchObject(waiting);
  expect(await orderState(app.database, order.orderId)).toBe("open");
  expect(await grantedTo(app.database, person.orgId)).toBe(0n);
}

describe("F42 replayed webhooks", () => {
  it.each([
    ["in the same second", 0],
    ["an hour later", HOUR_MS],
    ["40 days later", 40 * 24 * HOUR_MS],
  ])("the same bytes %s: 200, and no second effect", async (_, laterMs) => {
    const body = sepayBody({ id, code: order.code });
    const { headers } = signWebhook(body);
    const again = () => deliver(body, { secret: "", headers });
    expect(await again()).toMatchObject(TAKEN);
    await expectAppliedOnce();
    const stored = await countStored(app.database);
    await setClock(app.database.sql, new Date(Date.now() + laterMs));
    expect(await again()).toMatchObject(TAKEN);
    expect(await again()).toMatchObject(TAKEN);
    expect(await countStored(app.database)).toEqual(stored);
    await setClock(app.database.sql, null);
    await expectAppliedOnce();
  });

  it("signed anew 40 days later, even with other words: 200, and no second effect", async () => {
    expect(await deliver(sepayBody({ id, code: order.code }))).toMatchObject(TAKEN);
    const later = await plantOrder(app.database, person);
    const stored = await countStored(app.database);
    const laterMs = 40 * 24 * HOUR_MS;
    await setClock(app.database.sql, new Date(Date.now() + laterMs));
    const signing = { nowSeconds: nowSeconds(laterMs) };
    expect(await deliver(sepayBody({ id, code: order.code }), signing)).toMatchObject(TAKEN);
    expect(await deliver(sepayBody({ id, code: later.code }), signing)).toMatchObject(TAKEN);
    expect(await countStored(app.database)).toEqual(stored);
    await setClock(app.database.sql, null);
    await expectAppliedOnce();
    expect(await orderState(app.database, later.orderId)).toBe("open");
  });

  it.each([
    ["long ago", -301],
    ["in the future", 301],
  ])("signed %s: stored, 200, and nothing granted", async (_, aheadSeconds) => {
    const signing = { nowSeconds: nowSeconds() + aheadSeconds };
    expect(await deliver(sepayBody({ id, code: order.code }), signing)).toMatchObject(TAKEN);
    await expectWaiting();
    const [event] = await app.database.sql`
      select is_stale from webhook_events where event_key = ${String(id)}`;
    expect(event?.["is_stale"]).toBe(true);
  });

  it("signed four minutes ago, as a slow line may deliver it: applied", async () => {
    const signing = { nowSeconds: nowSeconds() - 240 };
    expect(await deliver(sepayBody({ id, code: order.code }), signing)).toMatchObject(TAKEN);
    await expectAppliedOnce();
  });

  it("a stale one is applied once its repeat has a fresh stamp, and once only", async () => {
    const body = sepayBody({ id, code: order.code });
    await deliver(body, { nowSeconds: nowSeconds() - 3_600 });
    await deliver(body, { nowSeconds: nowSeconds() - 1_800 });
    await expectWaiting();
    expect(await deliver(body)).toMatchObject(TAKEN);
    expect(await deliver(body)).toMatchObject(TAKEN);
    await expectAppliedOnce();
    expect(await paymentOf(app.database, id)).toMatchObject({ verifiedBy: "hmac", reason: null });
    expect(await grantedTo(app.database, person.orgId)).toBe(price);
  });

  it("a fresh stamp on other words vouches for those, not for the stale ones", async () => {
    await deliver(sepayBody({ id, code: order.code, amount: 500_000 }), {
      nowSeconds: nowSeconds() - 3_600,
    });
    expect(await deliver(sepayBody({ id, code: order.code, amount: 99_000 }))).toMatchObject(TAKEN);
    await expectWaiting();
  });
});
