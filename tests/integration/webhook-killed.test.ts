import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CrashLabel } from "@/server/crash-points.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startFaultRig, type FaultRig } from "../support/fault-rig.ts";
import { askFor, fateOf, holdingsOf, micro, takeSettingsOf } from "../support/paying.ts";
import { nextSepayId, postWebhook, sepayBody, sepayTestSettings } from "../support/sepay.ts";
import { until } from "../support/until.ts";

const steps: readonly { readonly label: CrashLabel; readonly isDone: boolean }[] = [
  { label: "payment_stored", isDone: false },
  { label: "payment_matched", isDone: false },
  { label: "payment_applied", isDone: false },
  { label: "payment_committed", isDone: true },
];

/** A job that a killed worker held runs again within two minutes; mostly it takes a second. */
const KILLED_JOB_MS = 120_000;

type Payer = { readonly person: Person; readonly id: number; readonly body: string };

/** Somebody whose transfer pays a plan, and 1,000 ₫ too much. */
async function payer(rig: FaultRig): Promise<Payer> {
  const person = await makePerson(rig.database);
  const wish = { kind: "plan", planId: "premium", starts: "now" } as const;
  const { code } = await askFor(rig.database, person, wish);
  const id = nextSepayId();
  return { person, id, body: sepayBody({ id, code, amount: 100_000 }) };
}

const nothing = { orders: ["open"], cycles: 0, chains: 0, grants: {}, limit: null };
const everything = {
  ...{ orders: ["paid"], cycles: 1, chains: 1 },
  ...{ grants: { surplus: micro(1_000) }, limit: micro(100_000) },
};

/** Delivers to an instance that dies of it. */
async function deliverToTheDying(rig: FaultRig, body: string): Promise<void> {
  const app = rig.app(0);
  const [answered, { signal }] = await Promise.all([
    postWebhook(app.url, body).then(
      () => true,
      () => false,
    ),
    app.gone,
  ]);
  expect({ answered, signal }).toEqual({ answered: false, signal: "SIGKILL" });
}

async function expectDone(rig: FaultRig, { person, id }: Payer): Promise<void> {
  expect(await fateOf(rig.database.sql, id)).toMatchObject({ state: "applied", reason: "over" });
  expect(await holdingsOf(rig.database.sql, person.orgId)).toEqual(everything);
}

describe("killed at every step of the webhook, then SePay's retry", () => {
  let rig: FaultRig;

  beforeAll(async () => {
    rig = await startFaultRig({ processes: 1, settings: sepayTestSettings });
    takeSettingsOf(rig);
  });

  afterAll(async () => {
    await rig.stop();
  });

  it.each(steps)("at $label: applied exactly once", async ({ label, isDone }) => {
    const paying = await payer(rig);
    await rig.app(0).armCrash(label);
    await deliverToTheDying(rig, paying.body);
    const left = await holdingsOf(rig.database.sql, paying.person.orgId);
    expect(left).toEqual(isDone ? everything : nothing);
    await rig.restart(0);
    for (let retry = 0; retry < 2; retry += 1) {
      const answer = await postWebhook(rig.app(0).url, paying.body);
      expect([answer.status, await answer.text()]).toEqual([200, '{"success":true}']);
    }
    await expectDone(rig, paying);
  });

  it("before it is stored: nothing is known of it, and the retry brings it", async () => {
    const { sql } = rig.database;
    const paying = await payer(rig);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const locked = sql.begin(async (tx) => {
      await tx`lock table webhook_events in exclusive mode`;
      await released;
    });
    const posted = postWebhook(rig.app(0).url, paying.body).catch(() => null);
    await until(async () => {
      const [row] = await sql`
        select count(*)::int as waiting from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query ilike '%webhook_events%'`;
      return row?.["waiting"] === 1;
    });
    await rig.app(0).kill();
    expect(await posted).toBeNull();
    release();
    await locked;
    expect(await fateOf(sql, paying.id)).toBeNull();
    await rig.restart(0);
    expect((await postWebhook(rig.app(0).url, paying.body)).status).toBe(200);
    await expectDone(rig, paying);
  });
});

describe("killed at every step of the webhook, then the timer", () => {
  let rig: FaultRig;

  beforeAll(async () => {
    rig = await startFaultRig({ processes: 1, settings: sepayTestSettings, hasWorkers: true });
    takeSettingsOf(rig);
  });

  afterAll(async () => {
    await rig.stop();
  });

  it.each(steps)(
    "at $label: applied exactly once",
    async ({ label }) => {
      const paying = await payer(rig);
      await rig.app(0).armCrash(label);
      await deliverToTheDying(rig, paying.body);
      await rig.restart(0);
      await until(async () => {
        const fate = await fateOf(rig.database.sql, paying.id);
        return fate?.state === "applied";
      }, KILLED_JOB_MS);
      await expectDone(rig, paying);
    },
    KILLED_JOB_MS + 20_000,
  );
});
