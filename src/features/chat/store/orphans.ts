import type { Db } from "@/server/db/client.ts";

/** A running turn whose process is gone, with what was saved of it. */
export type OrphanTurn = {
  readonly orgId: string;
  readonly turnId: string;
  readonly userId: string;
  readonly conversationId: string;
  readonly questionMessageId: string | null;
  readonly answerMessageId: string | null;
  readonly decision: unknown;
  readonly admittedAt: string;
  readonly reservationId: string;
  readonly period: { readonly id: string; readonly planId: string };
  readonly text: string | null;
};

/**
 * Running turns nobody answers any more, oldest first: their process has ended
 * (or was killed before it was known at all), or their hold
 * outlived the longest stream (a process that forgot it, or a version of before processes had
 * names).
 */
export async function listOrphans(db: Db, limit: number): Promise<OrphanTurn[]> {
  return db.$client<OrphanTurn[]>`
    select t.org_id as "orgId", t.id as "turnId", t.user_id as "userId", t.conversation_id as "conversationId",
           coalesce(t.question_message_id, (select q.id from messages q
             where q.org_id = t.org_id and q.turn_id = t.id and q.role = 'user' limit 1)) as "questionMessageId",
           coalesce(t.answer_message_id, answer.id) as "answerMessageId",
           t.decision, t.created_at::text as "admittedAt", r.id as "reservationId",
           jsonb_build_object('id', p.id, 'planId', p.plan_id) as period,
           answer.parts->0->>'text' as text
      from turns t
      join reservations r on r.org_id = t.org_id and r.turn_id = t.id and r.purpose = 'chat'
      join budget_periods p on p.id = r.period_id
      left join lateral (select a.id, a.parts from messages a
        where a.org_id = t.org_id and a.turn_id = t.id and a.role = 'assistant' limit 1) answer on true
     where t.state = 'running'
       and (r.expires_at < app_now()
            or exists (select 1 from app_processes a where a.id = t.process_id and a.ended_at is not null)
            or (t.process_id is not null and t.heartbeat_at < app_now() - interval '1 minute'
                and not exists (select 1 from app_processes a where a.id = t.process_id)))
     order by t.created_at limit ${limit}`;
}
