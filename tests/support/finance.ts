import { randomUUID } from "node:crypto";
import { recordChange } from "@/features/audit/record-change.ts";
import { asStaff, type StaffCtx } from "@/server/staff.ts";
import { makePerson, type Person, type PersonOptions } from "../factories/people.ts";
import { ctxOf, deliver } from "./paying.ts";
import { nextSepayId, sepayBody, type SepayTransfer } from "./sepay.ts";
import type { TestDatabase } from "./test-database.ts";

export type StaffRole = "finance" | "ops" | "admin";

/** Somebody of ours, signed in. */
export async function makeStaff(
  database: TestDatabase,
  role: StaffRole = "finance",
  options: PersonOptions = {},
): Promise<Person> {
  const person = await makePerson(database, options);
  await database.sql`update users set role = ${role}, name = 'Thu Hà' where id = ${person.userId}`;
  await recordChange(database.db, {
    ...{ actor: "factory", action: "user.set_role", subject: `user:${person.userId}` },
    ...{ before: { role: "user" }, after: { role }, reason: "test", requestId: "factory" },
  });
  return person;
}

/** Their context at the present instant of the product's clock. */
export async function staffCtx(database: TestDatabase, person: Person): Promise<StaffCtx> {
  return asStaff({ ...(await ctxOf(database, person)), role: "finance" }, ["finance"]);
}

/** Delivers a transfer to the door of this process. @returns its payment's id. */
export async function receive(database: TestDatabase, transfer: SepayTransfer): Promise<string> {
  const id = transfer.id ?? nextSepayId();
  await deliver(sepayBody({ ...transfer, id }));
  return paymentIdOf(database, id);
}

/** The payment SePay's id led to. */
export async function paymentIdOf({ sql }: TestDatabase, sepayId: number): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select p.id from payments p join webhook_events e on e.id = p.webhook_event_id
     where e.event_key = ${String(sepayId)}`;
  if (row === undefined) throw new Error(`SePay's ${sepayId} was never stored`);
  return row.id;
}

export type PaymentState = {
  readonly state: string;
  readonly reason: string | null;
  /** The code of the order it is linked to. */
  readonly order: string | null;
  readonly decidedBy: string | null;
};

export async function stateOf({ sql }: TestDatabase, paymentId: string): Promise<PaymentState> {
  const [row] = await sql<PaymentState[]>`
    select p.state, p.reason, o.code as order, p.decided_by as "decidedBy"
      from payments p left join orders o on o.id = p.order_id where p.id = ${paymentId}`;
  if (row === undefined) throw new Error("no such payment");
  return { ...row };
}

/** The audit rows about a payment, oldest first, as `action`. */
export async function auditOf({ sql }: TestDatabase, paymentId: string) {
  return sql<{ action: string; actor: string; reason: string; before: unknown; after: unknown }[]>`
    select action, actor, reason, before, after from audit_log
     where subject = ${`payment:${paymentId}`} order by created_at, ctid`;
}

/** Words and a fresh key for one decision. */
export const because = (reason = "khách gửi biên lai") => ({ reason, key: randomUUID() });
