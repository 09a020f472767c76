import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyPayment } from "@/features/payments/apply-payment.ts";
import { applyPayments } from "@/features/payments/apply-payments.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { startDatabaseProxy, type DatabaseProxy } from "../support/database-proxy.ts";
import {
  countStored,
  deliver,
  orderState,
  paymentOf,
  plantOrder,
  TAKEN,
  type PlantedOrder,
} from "../support/sepay-world.ts";
import { nextSepayId, sepayBody, sepayTestSettings } from "../support/sepay.ts";
import { until } from "../support/until.ts";

/** What the provider waits before it gives up is 30 s; 10 are the promise. */
const ANSWERED_WITHIN_MS = 10_000;

let app: AppUnderTest;
let line: DatabaseProxy;
let person: Person;
let order: PlantedOrder;
let id: number;
let body: string;

beforeAll(async () => {
  line = await startDatabaseProxy();
  app = await startApp({ settings: sepayTestSettings, databaseUrl: line.url });
  person = await makePerson(app.database);
});

beforeEach(async () => {
  order = await plantOrder(app.database, person);
  id = nextSepayId();
  body = sepayBody({ id, code: order.code });
});

afterEach(() => line.mend());

afterAll(async () => {
  await app.stop();
  await line.close();
});

/** Refused so that SePay repeats, quickly, with nothing stored. */
async function expectRefused(code: string): Promise<void> {
  const before = await countStored(app.database);
  const startedAtMs = performance.now();
  const { status, text, headers } = await deliver(body);
  expect({ status, ...JSON.parse(text) }).toMatchObject({
    status: 503,
    success: false,
    error: { code },
  });
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  expect(performance.now() - startedAtMs).toBeLessThan(ANSWERED_WITHIN_MS);
  expect(await countStored(app.database)).toEqual(before);
}

async function expectAppliedOnce(): Promise<void> {
  expect(await orderState(app.database, order.orderId)).toBe("paid");
  expect(await paymentOf(app.database, id)).toMatchObject({ state: "applied" });
  const [row] = await app.database.sql`
    select count(*)::int as grants from grants where cause = 'top_up' and cause_id = ${order.orderId}`;
  expect(row?.["grants"]).toBe(1);
}

/** The job that was stored with the payment. */
async function jobsOf(paymentId: string): Promise<number> {
  const [row] = await app.database.sql`
    select count(*)::int as jobs from graphile_worker.jobs where key = ${`apply-payments:${paymentId}`}`;
  return Number(row?.["jobs"]);
}

async function storedPayment() {
  const payment = await paymentOf(app.database, id);
  if (payment === null) throw new Error("nothing is stored");
  return payment;
}

describe("F49 a webhook that cannot be dealt with at once", () => {
  it("is answered within seconds though applying takes for ever; the job does it", async () => {
    const startedAtMs = performance.now();
    const stuck = { apply: () => new Promise<never>(() => undefined) };
    expect(await deliver(body, {}, stuck)).toMatchObject(TAKEN);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    const payment = await storedPayment();
    expect(payment.state).toBe("received");
    expect(await jobsOf(payment.id)).toBe(1);
    await applyPayments(app.database.db, { paymentId: payment.id });
    await expectAppliedOnce();
  });

  it("is taken though applying fails; the job, and SePay's repeat, do it once", async () => {
    const failing = { apply: () => Promise.reject(new Error("planted")) };
    expect(await deliver(body, {}, failing)).toMatchObject(TAKEN);
    const payment = await storedPayment();
    expect(payment.state).toBe("received");
    expect(await jobsOf(payment.id)).toBe(1);
    await Promise.all([
      applyPayments(app.database.db, { paymentId: payment.id }),
      deliver(body),
      applyPayments(app.database.db, {}),
    ]);
    await expectAppliedOnce();
  });

  it("delivered again while the first is being applied: 200 twice, applied once", async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let isApplying = false;
    const first = deliver(
      body,
      {},
      {
        apply: async (pool, paymentId) => {
          isApplying = true;
          await held;
          await applyPayment(pool, paymentId);
        },
      },
    );
    await until(() => isApplying);
    expect(await deliver(body)).toMatchObject(TAKEN);
    letGo();
    expect(await first).toMatchObject(TAKEN);
    await expectAppliedOnce();
  });

  it("with the database down: 503 and no row; SePay's repeat is taken when it is up", async () => {
    await line.cut();
    await expectRefused("database_unavailable");
    await line.mend();
    expect(await until(async () => (await deliver(body)).status === 200)).toBe(true);
    await expectAppliedOnce();
  });

  it("with a database that does not answer: 503 within seconds", async () => {
    const before = await countStored(app.database);
    const startedAtMs = performance.now();
    line.blackHole();
    expect((await deliver(body)).status).toBe(503);
    expect(performance.now() - startedAtMs).toBeLessThan(ANSWERED_WITHIN_MS);
    expect(await countStored(app.database)).toEqual(before);
    await line.mend();
    expect(await until(async () => (await deliver(body)).status === 200)).toBe(true);
    await expectAppliedOnce();
  });

  it("with a database that is slow to store: 503 within seconds, and the repeat is right", async () => {
    const { sql } = app.database;
    await sql.unsafe(`
      create function planted_sleep() returns trigger language plpgsql as $$
        begin perform pg_sleep(6); return null; end $$;
      create trigger planted_sleep after insert on webhook_events
        for each row execute function planted_sleep();`);
    const startedAtMs = performance.now();
    expect((await deliver(body)).status).toBe(503);
    expect(performance.now() - startedAtMs).toBeLessThan(ANSWERED_WITHIN_MS);
    await until(() => paymentOf(app.database, id));
    await sql.unsafe("drop function planted_sleep cascade");
    expect(await deliver(body)).toMatchObject(TAKEN);
    await expectAppliedOnce();
  });

  it.each([
    ["when the event is written", "insert on webhook_events", ""],
    ["when the payment is written", "insert on payments", ""],
    ["at the very commit", "insert on payments", "deferrable initially deferred"],
  ])("with a disk that is full %s: never 200 without the row", async (_, moment, deferred) => {
    const { sql } = app.database;
    await sql.unsafe(`
      create function planted_full() returns trigger language plpgsql as $$
        begin raise exception 'could not extend file' using errcode = '53100'; end $$;
      create constraint trigger planted_full after ${moment} ${deferred}
        for each row execute function planted_full();`);
    await expectRefused("database_unavailable");
    await sql.unsafe("drop function planted_full cascade");
    expect(await deliver(body)).toMatchObject(TAKEN);
    await expectAppliedOnce();
  });
});
