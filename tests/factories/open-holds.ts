import { dayOf } from "@/domain/time/vietnam-time.ts";
import type { Person } from "./people.ts";
import type { TestDatabase } from "../support/test-database.ts";

/**
 * Holds on the organisation's present period, by the product's own statement, all in one commit;
 * their time is over at once, so that the sweeper closes those that are left. Of no turn.
 * @returns their ids; null when the period would not have them.
 */
export async function openHolds(
  { sql }: TestDatabase,
  person: Person,
  holds: { readonly count: number; readonly holdMicroVnd: bigint },
): Promise<readonly string[] | null> {
  const [known] = await sql`
    select p.id as period_id, v.model_id, v.id as price_id, r.id as rate_id, date_trunc('milliseconds', app_now()) as now
      from budget_periods p, model_prices v, exchange_rates r
     where p.org_id = ${person.orgId} and p.closed_at is null and p.starts_at <= app_now() and p.ends_at > app_now()
       and v.model_id = 'openai/gpt-5.4-mini' and v.valid_to is null and v.context_tokens_min = 0
       and r.valid_from <= app_now() and (r.valid_to is null or r.valid_to > app_now()) limit 1`;
  if (known === undefined) return null;
  const now = known["now"] as Date;
  const call = {
    ...{ orgId: person.orgId, userId: person.userId, turnId: null, now: now.toISOString() },
    ...{ periodId: known["period_id"], purpose: "title", memberLimitMicroVnd: null },
    ...{ holdMicroVnd: holds.holdMicroVnd.toString(), inputTokensEstimated: 12 },
    counters: [{ scope: "org", subjectId: person.orgId, messages: 0, messagesMax: null }],
    ...{ day: dayOf(now), expiresAt: new Date(now.getTime() - 1).toISOString() },
    ...{ modelId: known["model_id"], priceId: known["price_id"], rateId: known["rate_id"] },
  };
  try {
    const rows = await sql`
      select reserve_call(null, ${JSON.stringify(call)}::text::jsonb)->>'reservationId' as id
        from generate_series(1, ${holds.count})`;
    return rows.map((row) => String(row["id"]));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "PH001") return null;
    throw error;
  }
}

/** Sends the calls of those holds: what came of them is billed. */
export async function sendCalls({ sql }: TestDatabase, holdIds: readonly string[]): Promise<void> {
  await sql`
    update provider_calls set dispatched_at = clock_timestamp(), output_tokens_seen = 200 + floor(random() * 400)::int
     where reservation_id = any(${[...holdIds]}::uuid[])`;
}

/** Gives holds back, each in a commit of its own. */
export async function releaseHolds(
  { sql }: TestDatabase,
  holdIds: readonly string[],
): Promise<void> {
  await Promise.all(holdIds.map((id) => sql`select close_reservation(${id}, 'released', 0)`));
}
