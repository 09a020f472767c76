import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyPayments } from "@/features/payments/apply-payments.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { askFor, deliver, fateOf, holdingsOf } from "../support/paying.ts";
import {
  nextSepayId,
  SEPAY_ACCOUNT,
  sepayBody,
  sepayTestSettings,
  type SepayTransfer,
} from "../support/sepay.ts";

const DAY_MS = 86_400_000;
const AMOUNT_VND = 50_000;

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
});

afterAll(async () => {
  await app.stop();
});

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

const table: readonly {
  readonly what: string;
  readonly transfer: SepayTransfer;
  readonly state: string;
  readonly reason: string;
}[] = [
  { what: "money out", transfer: { direction: "out" }, state: "ignored", reason: "money_out" },
  {
    ...{ what: "a direction nobody knows", transfer: { direction: "sideways" } },
    ...{ state: "review", reason: "unknown_direction" },
  },
  {
    ...{ what: "another account", transfer: { account: "0000111122223333" } },
    ...{ state: "review", reason: "wrong_account" },
  },
  {
    ...{
      what: "an account that only begins like ours",
      transfer: { account: `${SEPAY_ACCOUNT}1` },
    },
    ...{ state: "review", reason: "wrong_account" },
  },
  { what: "0 ₫", transfer: { amount: 0 }, state: "review", reason: "wrong_amount" },
  {
    ...{ what: "a negative amount", transfer: { amount: -AMOUNT_VND } },
    ...{ state: "review", reason: "wrong_amount" },
  },
  {
    ...{ what: "another currency", transfer: { fields: { currency: "USD" } } },
    ...{ state: "review", reason: "wrong_currency" },
  },
  {
    ...{ what: "no account", transfer: { account: "" } },
    ...{ state: "review", reason: "wrong_account" },
  },
  {
    ...{ what: "a date far ahead", transfer: { at: inDays(3) } },
    ...{ state: "review", reason: "wrong_date" },
  },
  {
    ...{ what: "an ancient date", transfer: { at: inDays(-400) } },
    ...{ state: "review", reason: "wrong_date" },
  },
];

describe("F46 a transfer that is none of ours to apply", () => {
  it.each(table)("$what: recorded with its reason, not applied", async (row) => {
    const { person, code } = await customer();
    const id = nextSepayId();
    await deliver(sepayBody({ id, code, amount: AMOUNT_VND, ...row.transfer }));
    expect(await fateOf(app.database.sql, id)).toMatchObject({
      ...{ state: row.state, reason: row.reason },
    });
    await expectNothingBought(person);
  });

  it("a virtual account of ours counts as ours", async () => {
    const { person, code } = await customer();
    const id = nextSepayId();
    const virtual = { account: "0009998887", subAccount: SEPAY_ACCOUNT };
    await deliver(sepayBody({ id, code, amount: AMOUNT_VND, ...virtual }));
    expect(await fateOf(app.database.sql, id)).toMatchObject({ state: "applied", reason: null });
    expect((await holdingsOf(app.database.sql, person.orgId)).orders).toEqual(["paid"]);
  });

  it("finance is told once while money waits, and that nothing waits any more", async () => {
    const { db, sql } = app.database;
    const alerts = () => sql`
      select resolved_at is not null as "isResolved", occurrences > 1 as "isCounted" from ops_alerts
       where kind = 'webhook_unmatched'`;
    await applyPayments(db, {});
    expect(await alerts()).toEqual([{ isResolved: false, isCounted: true }]);
    await sql`update payments set state = 'ignored', decided_by = 'finance' where state = 'review'`;
    await applyPayments(db, {});
    expect(await alerts()).toEqual([{ isResolved: true, isCounted: true }]);
  });
});

async function customer(): Promise<{ readonly person: Person; readonly code: string }> {
  const person = await makePerson(app.database);
  const order = await askFor(app.database, person, { kind: "top_up", amountVnd: AMOUNT_VND });
  return { person, code: order.code };
}

async function expectNothingBought(person: Person): Promise<void> {
  expect(await holdingsOf(app.database.sql, person.orgId)).toMatchObject({
    ...{ orders: ["open"], cycles: 0, grants: {} },
  });
}
