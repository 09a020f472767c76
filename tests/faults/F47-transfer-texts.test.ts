import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePerson, type Person } from "../factories/people.ts";
import { startApp, type AppUnderTest } from "../support/app-under-test.ts";
import {
  deliver,
  grantedTo,
  orderState,
  paymentOf,
  plantOrder,
  TAKEN,
} from "../support/sepay-world.ts";
import { nextSepayId, sepayBody, sepayTestSettings } from "../support/sepay.ts";
import { codesOfRow, transferTexts, type TextField } from "../unit/payments/transfer-texts.ts";

let app: AppUnderTest;
let person: Person;
let neighbour: Person;

beforeAll(async () => {
  app = await startApp({ settings: sepayTestSettings });
  [person, neighbour] = await Promise.all([makePerson(app.database), makePerson(app.database)]);
});

afterAll(() => app.stop());

/** The transfer with that text where the bank put it, and none elsewhere. */
async function transfer(text: string, field: TextField = "content") {
  const id = nextSepayId();
  const texts = { foundCode: null, content: "", description: "" };
  const given = {
    code: { foundCode: text },
    content: { content: text },
    description: { description: text },
  };
  expect(await deliver(sepayBody({ id, ...texts, ...given[field] }))).toMatchObject(TAKEN);
  return paymentOf(app.database, id);
}

const rows = transferTexts.map((text, row) => ({ ...text, row }));

describe("F47 what people and banks make of a code", () => {
  it.each(rows)("$name: $names", async ({ text, names, field, row }) => {
    const [a, b] = codesOfRow(row);
    const first = await plantOrder(app.database, person, { code: a });
    const second = await plantOrder(app.database, neighbour, { code: b });
    const payment = await transfer(text(a, b), field);
    const expected = {
      first: { state: "applied", reason: null, orderId: first.orderId },
      both: { state: "review", reason: "two_codes", orderId: null },
      nobody: { state: "unmatched", reason: "no_code", orderId: null },
    }[names];
    expect(payment).toMatchObject(expected);
    expect(await orderState(app.database, first.orderId)).toBe(names === "first" ? "paid" : "open");
    expect(await orderState(app.database, second.orderId)).toBe("open");
  });

  it("a code of ours that no order has", async () => {
    const payment = await transfer("PHO7K2M9QX5 chuyen tien");
    expect(payment).toMatchObject({ state: "unmatched", reason: "unknown_code", orderId: null });
  });

  it("the code of an order that is paid", async () => {
    const { code, orderId } = await plantOrder(app.database, person);
    await transfer(code);
    const granted = await grantedTo(app.database, person.orgId);
    expect(await transfer(code)).toMatchObject({
      state: "unmatched",
      reason: "already_paid",
      orderId,
    });
    expect(await grantedTo(app.database, person.orgId)).toBe(granted);
  });

  it("the code of a paid order beside one that is open: the open one", async () => {
    const paid = await plantOrder(app.database, person);
    await transfer(paid.code);
    const open = await plantOrder(app.database, person);
    const payment = await transfer(`${paid.code} ${open.code}`);
    expect(payment).toMatchObject({ state: "applied", orderId: open.orderId });
  });

  it("somebody else's code pays somebody else's order, whoever paid", async () => {
    const theirs = await plantOrder(app.database, neighbour);
    const before = await grantedTo(app.database, person.orgId);
    const payment = await transfer(`NGUYEN VAN A ${theirs.code}`);
    expect(payment).toMatchObject({ state: "applied", orderId: theirs.orderId });
    expect(await grantedTo(app.database, person.orgId)).toBe(before);
  });
});
