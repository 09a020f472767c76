import { sql, type SQL } from "drizzle-orm";
import type { Queryable } from "@/server/db/with-transaction.ts";

/** [startsAt, endsAt), a Vietnamese day. */
type Day = { readonly startsAt: Date; readonly endsAt: Date };

export type DayTotals = {
  readonly lineCount: number;
  readonly lineMicroVnd: string;
  readonly paymentCount: number;
  readonly paymentMicroVnd: string;
  readonly appliedMicroVnd: string;
  readonly orderCount: number;
  readonly orderMicroVnd: string;
};

export type Difference = {
  readonly kind: "line_without_payment" | "payment_without_line" | "order_without_money";
  readonly id: string;
  readonly amountMicroVnd: string;
  readonly occurredAt: string | null;
  readonly text: string;
};

/** A report is read by a person: more than this is one cause, not many. */
const DIFFERENCES_MAX = 500;

const during = (at: SQL, { startsAt, endsAt }: Day): SQL =>
  sql`${at} >= ${startsAt.toISOString()}::timestamptz and ${at} < ${endsAt.toISOString()}::timestamptz`;

const lineOfDay = (day: Day): SQL => sql`l.direction = 'in' and ${during(sql`l.occurred_at`, day)}`;

/** What came in that day by the bank's date, else by ours; a provider's test send is no money. */
const paymentOfDay = (day: Day): SQL => sql`p.direction = 'in'
   and p.reason is distinct from 'test_send'
   and ${during(sql`coalesce(p.occurred_at, p.created_at)`, day)}`;

/** One whose match was undone has no money any more; a refunded one had it, and both still count. */
const orderOfDay = (day: Day): SQL => sql`${during(sql`o.paid_at`, day)}
   and (o.state = 'paid' or exists (select from payments y where y.order_id = o.id and y.state = 'applied'))`;

/** The day's money, three ways. */
export async function readDayTotals(db: Queryable, day: Day): Promise<DayTotals> {
  const [row] = await db.execute<DayTotals>(sql`
    select l.count as "lineCount", l.amount as "lineMicroVnd",
           p.count as "paymentCount", p.amount as "paymentMicroVnd", p.applied as "appliedMicroVnd",
           o.count as "orderCount", o.amount as "orderMicroVnd"
      from (select count(*)::int as count, coalesce(sum(l.amount_micro_vnd), 0)::text as amount
              from bank_lines l where ${lineOfDay(day)}) l,
           (select count(*)::int as count, coalesce(sum(p.amount_micro_vnd), 0)::text as amount,
                   coalesce(sum(p.amount_micro_vnd) filter (where p.state = 'applied'), 0)::text as applied
              from payments p where ${paymentOfDay(day)}) p,
           (select count(*)::int as count, coalesce(sum(o.price_micro_vnd), 0)::text as amount
              from orders o where ${orderOfDay(day)}) o`);
  if (row === undefined) throw new Error("a sum gives a row");
  return row;
}

/**
 * What the three do not agree on. A payment is missed on the bank's list only when it is of the
 * provider whose list that is, and the list was read since we heard of it.
 * @param listReadAt null: the list did not cover the day.
 */
export async function listDifferences(
  db: Queryable,
  day: Day,
  listReadAt: Date | null,
): Promise<Difference[]> {
  return [
    ...(await db.execute<Difference>(sql`
      select kind, id, amount as "amountMicroVnd", text,
             to_char(happened at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt"
        from (
          select 'line_without_payment' as kind, l.id, l.amount_micro_vnd::text as amount,
                 l.occurred_at as happened, l.content as text
            from bank_lines l
           where ${lineOfDay(day)}
             and not exists (select from payments p where p.bank_line_id = l.id)
          union all
          select 'payment_without_line', p.id::text, coalesce(p.amount_micro_vnd, 0)::text,
                 p.occurred_at, p.content
            from payments p
           where ${paymentOfDay(day)} and p.bank_line_id is null and p.provider = 'sepay'
             and p.created_at < ${listReadAt?.toISOString() ?? null}::timestamptz
          union all
          select 'order_without_money', o.id::text, (o.price_micro_vnd - m.received)::text,
                 o.paid_at, o.code
            from orders o,
                 lateral (select coalesce(sum(p.amount_micro_vnd), 0) as received
                            from payments p where p.order_id = o.id and p.state = 'applied') m
           where ${orderOfDay(day)} and o.state = 'paid' and m.received < o.price_micro_vnd
        ) differences
       order by happened, id
       limit ${DIFFERENCES_MAX}`)),
  ];
}
