import { randomUUID } from "node:crypto";
import { dayOf } from "@/domain/time/vietnam-time.ts";
import type { TestDatabase } from "../support/test-database.ts";
import type { Person } from "./people.ts";

export type LeftHold = { readonly reservationId: string; readonly providerCallId: string };

export type LeftHoldOptions = {
  /** Whether the call was sent to the provider. */
  readonly isDispatched: boolean;
  /** The process that answered a turn and is gone; without one the hold belongs to no turn. */
  readonly deadProcessId?: string;
};

/**
 * A hold as a killed process leaves it: taken by the product's own statement, never closed, its
 * time over. The person needs a log and a period.
 */
export async function leaveHold(
  database: TestDatabase,
  person: Person,
  options: LeftHoldOptions,
): Promise<LeftHold> {
  const { sql } = database;
  const ids = { reservationId: randomUUID(), providerCallId: randomUUID() };
  const turnId = options.deadProcessId === undefined ? null : randomUUID();
  const [known] = await sql`
    select p.id as period_id, l.model_id, l.price_id, l.rate_id, app_now() as now
      from usage_logs l join budget_periods p on p.id = l.period_id where l.user_id = ${person.userId} limit 1`;
  if (known === undefined) throw new Error("the person has asked nothing yet");
  const now = known["now"] as Date;
  const owner = { orgId: person.orgId, userId: person.userId, turnId, now: now.toISOString() };
  const claim = {
    ...owner,
    ...{ conversationId: randomUUID(), isNewConversation: true, title: "Phở", bodyHash: turnId },
    ...{ processId: options.deadProcessId, decision: {} },
    ...{ questionMessageId: randomUUID(), answerMessageId: randomUUID() },
    question: [{ type: "text", text: "Why?" }],
  };
  const reserve = {
    ...{ ...owner, ...ids, periodId: known["period_id"], purpose: "chat" },
    ...{ holdMicroVnd: "1000000", memberLimitMicroVnd: null, inputTokensEstimated: 12 },
    counters: [{ scope: "org", subjectId: person.orgId, messages: 1, messagesMax: null }],
    ...{ day: dayOf(now), expiresAt: new Date(now.getTime() - 1_000).toISOString() },
    ...{ modelId: known["model_id"], priceId: known["price_id"], rateId: known["rate_id"] },
  };
  await sql`select reserve_call(
    ${turnId === null ? sql`null` : sql`claim_turn(${JSON.stringify(claim)}::text::jsonb)`},
    ${JSON.stringify(reserve)}::text::jsonb)`;
  if (options.isDispatched) {
    await sql`update provider_calls set dispatched_at = clock_timestamp() where id = ${ids.providerCallId}`;
  }
  return ids;
}

/** A process that has ended. @returns its id. */
export async function leaveDeadProcess({ sql }: TestDatabase): Promise<string> {
  const id = randomUUID();
  await sql`insert into app_processes (id, host, process_id, ended_at)
            values (${id}, 'elsewhere', 4, clock_timestamp())`;
  return id;
}
