import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
} from "../support/sepay-world.ts";
import {
  nextSepayId,
  SEPAY_ACCOUNT,
  sepayBody,
  sepayTestSettings,
  type SepayTransfer,
  signWebhook,
} from "../support/sepay.ts";

const VIRTUAL_ACCOUNT = "96247PHO1";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  const accounts = { SEPAY_ACCOUNT_NUMBER: `${SEPAY_ACCOUNT},${VIRTUAL_ACCOUNT}` };
  app = await startApp({ settings: { ...sepayTestSettings, ...accounts } });
  person = await makePerson(app.database);
});

afterAll(() => app.stop());

/** A transfer for a new order; what became of both. */
async function pay(transfer: (code: string) => SepayTransfer, signing = {}) {
  const { orderId, code } = await plantOrder(app.database, person);
  const id = nextSepayId();
  expect(await deliver(sepayBody({ id, code, ...transfer(code) }), signing)).toMatchObject(TAKEN);
  const payment = await paymentOf(app.database, id);
  return {
    orderId,
    state: payment?.state,
    reason: payment?.reason,
    payment,
    order: await orderState(app.database, orderId),
  };
}

const applied = { state: "applied", reason: null, order: "paid" };
const review = (reason: string) => ({ state: "review", reason, order: "open" });

describe("the reference's cases of what arrives", () => {
  it("case 5: no code of SePay's; it stands in the memo, or only in the bank's line", async () => {
    const inMemo = await pay((code) => ({
      foundCode: null,
      content: `nap tien ${code}`,
      description: "",
    }));
    expect(inMemo).toMatchObject(applied);
    const inLine = await pay((code) => ({
      foundCode: null,
      content: "",
      description: `BankAPINotify Chuyển ${code}`,
    }));
    expect(inLine).toMatchObject(applied);
  });

  it("case 6: the bank's words around the code, or glued to it", async () => {
    const around = await pay((code) => ({
      foundCode: null,
      content: `MBVCB.3278907687.${code}.CT tu 0071001234567 NGUYEN VAN A CT DEN:432 FT26253904002496`,
    }));
    expect(around).toMatchObject(applied);
    const glued = await pay((code) => ({
      foundCode: null,
      content: `0912345678${code.toLowerCase()}nguyenvana`,
    }));
    expect(glued).toMatchObject(applied);
  });

  it("case 10: money that leaves is stored and ignored; an unknown direction is looked at", async () => {
    const out = await pay(() => ({ direction: "out" }));
    expect(out).toMatchObject({ state: "ignored", reason: "money_out", order: "open" });
    expect(await pay(() => ({ direction: "sideways" }))).toMatchObject(review("unknown_direction"));
  });

  it("case 11: another account is looked at; one of ours or our virtual account counts", async () => {
    const wrong = review("wrong_account");
    expect(await pay(() => ({ account: "1017588889" }))).toMatchObject(wrong);
    expect(await pay(() => ({ account: "", subAccount: "" }))).toMatchObject(wrong);
    expect(await pay(() => ({ account: "1017588889", subAccount: "96247PHO2" }))).toMatchObject(
      wrong,
    );
    const virtual = await pay(() => ({ account: "1017588889", subAccount: VIRTUAL_ACCOUNT }));
    expect(virtual).toMatchObject(applied);
    expect(await pay(() => ({ subAccount: null }))).toMatchObject(applied);
  });

  it.each([0, -99_000, 99_000.5, "99000", 2 ** 53, 1e15, null, undefined, [99_000]])(
    "case 12: the amount %j is looked at",
    async (transferAmount) => {
      const paid = await pay(() => ({ fields: { transferAmount } }));
      expect(paid).toMatchObject(review("wrong_amount"));
    },
  );

  it("case 13: the bank's instant is Vietnam's, and decides neither freshness nor identity", async () => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000 - 3 * 3_600_000);
    const paid = await pay(() => ({ at }));
    expect(paid).toMatchObject(applied);
    expect(paid.payment?.occurredAt).toEqual(at);
    // Two transfers of one second are two; the ids say so.
    const before = await countStored(app.database);
    await deliver(sepayBody({ at, reference: "" }));
    await deliver(sepayBody({ at, reference: "" }));
    const after = await countStored(app.database);
    expect(after.payments - before.payments).toBe(2);
  });

  it("case 16: a test send is taken and grants nothing, whatever its id", async () => {
    const granted = await grantedTo(app.database, person.orgId);
    const memo = "Giao dịch thử nghiệm";
    const ids = [nextSepayId(), nextSepayId()];
    for (const id of ids) {
      expect(await deliver(sepayBody({ id, content: memo }))).toMatchObject(TAKEN);
      expect(await paymentOf(app.database, id)).toMatchObject({
        state: "ignored",
        reason: "test_send",
      });
    }
    const before = await countStored(app.database);
    const mock = sepayBody({ id: 0, content: "NGUYEN VAN A", at: new Date() });
    expect(await deliver(mock)).toMatchObject(TAKEN);
    expect(await deliver(mock)).toMatchObject(TAKEN);
    expect(await deliver(mock.replace("VAN A", "VAN B"))).toMatchObject(TAKEN);
    const after = await countStored(app.database);
    expect(after.payments - before.payments).toBe(2);
    const [tests] = await app.database.sql`
      select count(*)::int as ignored from payments p join webhook_events e on e.id = p.webhook_event_id
       where e.event_key like 'test:%' and p.state = 'ignored' and p.reason = 'test_send'`;
    expect(tests?.["ignored"]).toBe(2);
    expect(await grantedTo(app.database, person.orgId)).toBe(granted);
  });

  it("case 16: a code is looked for before it is taken for a test", async () => {
    const paid = await pay((code) => ({
      content: `giao dich thu nghiem ${code}`,
      foundCode: null,
    }));
    expect(paid).toMatchObject(applied);
  });

  it("case 17: the signature is over the bytes as they came, however odd", async () => {
    const { orderId, code } = await plantOrder(app.database, person);
    const fields = Object.entries(JSON.parse(sepayBody({ code }))).toReversed();
    const odd = `\n\t${JSON.stringify(Object.fromEntries(fields), null, 3)}  \r\n`;
    const { headers } = signWebhook(odd);
    const rewritten = JSON.stringify(JSON.parse(odd));
    expect((await deliver(rewritten, { secret: "", headers })).status).toBe(401);
    expect(await orderState(app.database, orderId)).toBe("open");
    expect(await deliver(odd, { secret: "", headers })).toMatchObject(TAKEN);
    expect(await orderState(app.database, orderId)).toBe("paid");
    const [event] = await app.database.sql<{ body: Buffer }[]>`
      select raw_body as body from webhook_events order by created_at desc limit 1`;
    expect(event?.body.toString()).toBe(odd);
  });

  it("case 18: without a secret nothing is taken, in any mode", async () => {
    const closed = { settings: null };
    const before = await countStored(app.database);
    for (const signing of [{}, { secret: "" }, { headers: { authorization: "Apikey " } }]) {
      const answer = await deliver(sepayBody(), signing, closed);
      expect(answer.status).toBe(503);
      expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "provider_not_configured" } });
    }
    expect(await countStored(app.database)).toEqual(before);
  });

  it.each(["sha256=0", `sha256=${"0".repeat(1_000)}`, "x", "sha256=\u00e9", "=", "sha256=sha256="])(
    "case 19: a signature of any length is refused, not stumbled over: %s",
    async (signature) => {
      const before = await countStored(app.database);
      const answer = await deliver(sepayBody(), { headers: { "x-sepay-signature": signature } });
      expect(answer.status).toBe(401);
      expect(await countStored(app.database)).toEqual(before);
    },
  );

  it.each(["Apikey x", `Apikey ${"k".repeat(5_000)}`, "Apikey \u00e9"])(
    "case 19: nor is a key of any length",
    async (authorization) => {
      const settings = { scheme: "api_key", secret: "key-4711", accounts: [] } as const;
      const signing = { secret: "", headers: { authorization } };
      expect((await deliver(sepayBody(), signing, { settings })).status).toBe(401);
    },
  );
});
