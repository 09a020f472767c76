import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordBankLine } from "@/features/payments/record-bank-line.ts";
import {
  receiveWebhookEvent,
  type WebhookEvent,
} from "@/features/payments/receive-webhook-event.ts";
import { readSepayNotice } from "@/server/sepay/sepay-notice.ts";
import type { BankTransaction } from "@/server/sepay/list-transactions.ts";
import { nextSepayId, SEPAY_ACCOUNT, sepayBody, type SepayTransfer } from "../support/sepay.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";

const [A, B] = ["PHO7K2M9QX5", "PHOB4TRW6H5"];

let database: TestDatabase;
let lastSecond = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** An instant no other test has: transfers of several tests never meet. */
function ownInstant(): Date {
  lastSecond += 1;
  return new Date(Date.UTC(2026, 10, 20) + lastSecond * 1000);
}

function eventOf(transfer: SepayTransfer): WebhookEvent {
  const rawBody = Buffer.from(sepayBody(transfer));
  const notice = readSepayNotice(rawBody, JSON.parse(rawBody.toString()));
  const proof = { scheme: "hmac", signedAt: null, isStale: false } as const;
  return { provider: "sepay", ...notice, ...proof, rawBody, headers: {} };
}

/** The same transfer as the bank's list has it. */
function lineOf(event: WebhookEvent, change: Partial<BankTransaction> = {}): BankTransaction {
  const { transfer } = event;
  if (transfer === null) throw new Error("unreadable");
  const { direction, amountMicroVnd, occurredAt, description: _, currency: __, ...rest } = transfer;
  if (amountMicroVnd === null || occurredAt === null || direction === "unknown") {
    throw new Error("no line of a bank");
  }
  return { id: randomUUID(), ...rest, direction, amountMicroVnd, occurredAt, raw: {}, ...change };
}

const tell = (event: WebhookEvent) => receiveWebhookEvent(database.db, event);
const list = (line: BankTransaction) => recordBankLine(database.db, line, [SEPAY_ACCOUNT]);

async function paymentsAt(at: Date | null | undefined) {
  return database.sql<{ id: string; event: boolean; line: boolean; code: string | null }[]>`
    select id, webhook_event_id is not null as event, bank_line_id is not null as line, code
      from payments where occurred_at = ${at ?? null} order by created_at, id`;
}

describe("one transfer told by the webhook and by the bank's list", () => {
  it("is one payment, whoever comes first", async () => {
    const early = eventOf({ at: ownInstant(), code: A });
    const told = await tell(early);
    expect(told.isNew).toBe(true);
    expect(await list(lineOf(early))).toEqual({ outcome: "joined", paymentId: told.paymentId });

    const late = eventOf({ at: ownInstant(), code: A });
    const { paymentId } = await list(lineOf(late));
    expect(await tell(late)).toEqual({ paymentId, isNew: false });
    expect(await tell(late)).toEqual({ paymentId, isNew: false });
    for (const { transfer } of [early, late]) {
      expect(await paymentsAt(transfer?.occurredAt)).toMatchObject([{ event: true, line: true }]);
    }
  });

  it.each([
    ["the webhook", "", "FT1"],
    ["the list", "FT1", ""],
    ["neither", "", ""],
  ])("is one payment though %s gives no reference", async (_, ofWebhook, ofList) => {
    const event = eventOf({ at: ownInstant(), code: A, reference: ofWebhook });
    await list(lineOf(event, { referenceCode: ofList }));
    await tell(event);
    expect(await paymentsAt(event.transfer?.occurredAt)).toMatchObject([
      { event: true, line: true },
    ]);
  });

  it.each<[string, Partial<BankTransaction>]>([
    ["reference", { referenceCode: "FT-another" }],
    ["amount", { amountMicroVnd: 1_000_000n }],
    ["direction", { direction: "out" }],
    ["account", { accountNumber: "96247", subAccount: SEPAY_ACCOUNT }],
    ["order, where no reference says more", { referenceCode: "", code: B, content: B }],
  ])("is two payments when they differ in %s", async (_, change) => {
    const event = eventOf({ at: ownInstant(), code: A });
    await tell(event);
    expect(await list(lineOf(event, change))).toMatchObject({ outcome: "missed" });
    expect(await paymentsAt(event.transfer?.occurredAt)).toMatchObject([
      { event: true, line: false },
      { event: false, line: true },
    ]);
  });

  it("a second apart they are two", async () => {
    const event = eventOf({ at: ownInstant(), code: A });
    await tell(event);
    expect(await list(lineOf(event, { occurredAt: ownInstant() }))).toMatchObject({
      outcome: "missed",
    });
  });

  it("two transfers of one second without references find each their own", async () => {
    const at = ownInstant();
    const first = eventOf({ at, code: A, reference: "" });
    const second = eventOf({ at, content: "khong co ma", reference: "" });
    await list(lineOf(second));
    await list(lineOf(first));
    await tell(first);
    await tell(second);
    const found = await paymentsAt(at);
    expect(found).toMatchObject([
      { event: true, line: true, code: null },
      { event: true, line: true, code: A },
    ]);
    const [row] = await database.sql`
      select e.event_key from payments p join webhook_events e on e.id = p.webhook_event_id
       where p.id = ${found[1]?.id ?? ""}`;
    expect(row?.["event_key"]).toBe(first.eventKey);
  });

  it("at the same instant, forty rounds: never two payments", async () => {
    for (let round = 0; round < 40; round += 1) {
      const event = eventOf({ id: nextSepayId(), at: ownInstant(), code: A });
      const line = lineOf(event);
      await Promise.all([tell(event), list(line), tell(event), list(line)]);
      expect(await paymentsAt(event.transfer?.occurredAt)).toMatchObject([
        { event: true, line: true },
      ]);
    }
  });
});
