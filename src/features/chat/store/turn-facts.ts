import type { QueryCategory } from "@/domain/complexity/score-query.ts";
import type { Db } from "@/server/db/client.ts";

export type FactsKey = {
  readonly orgId: string;
  readonly userId: string;
  /** Null: nothing was sent yet, so no stored turn can answer it. */
  readonly turnId: string | null;
  readonly conversationId: string | null;
  readonly retryOf: string | null;
  readonly knownCatalogue: string;
};

/** Everything a turn's decision reads, in one statement and one snapshot; money as text. */
export type FactsDocument = {
  readonly now: string;
  readonly catalogue: unknown;
  readonly turn: {
    readonly bodyHash: string;
    readonly userId: string;
    readonly state: "running" | "finished" | "refused" | "failed";
  } | null;
  readonly isConversationMine: boolean;
  readonly period: {
    readonly id: string;
    readonly planId: string;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly limit: string;
    readonly used: string;
    readonly reserved: string;
  } | null;
  readonly member: { readonly cap: string | null; readonly spent: string } | null;
  readonly settings: {
    readonly monthlyBudget: string | null;
    readonly dailyCap: string | null;
    readonly maxCostPerQuery: string | null;
    readonly isOptimizationOn: boolean;
    readonly preferredModels: readonly string[];
    readonly blockedModels: readonly string[];
    readonly isSoftLandingOn: boolean;
  } | null;
  readonly spentToday: {
    readonly messages: number;
    readonly member: string;
    readonly freePlan: string;
  };
  readonly retried: {
    readonly messageId: string;
    readonly seq: number;
    readonly text: string;
  } | null;
  readonly history: readonly { readonly role: "user" | "assistant"; readonly text: string }[];
  /** The finished turn before this one: how hard it was, who answered it and what it was sent. */
  readonly previous: {
    readonly score: number;
    readonly category: QueryCategory;
    readonly modelId: string;
    readonly provider: string;
    readonly inputTokens: number;
    readonly askedAt: string;
  } | null;
  /** Stored documents of the feature `routing`; null = nothing learned yet. */
  readonly profiles: { readonly demand: unknown; readonly output: unknown };
  readonly turnsInConversation: number;
};

/** What a turn reads of its conversation at most, newest first. */
export const HISTORY_ITEMS_MAX = 400;

/** What came before: the conversation's last turn, and what was learned of its people. */
function pastOf({ $client }: Db, { orgId, userId }: FactsKey) {
  return $client`
      'previous', (select jsonb_build_object(
          'score', t.decision->'facts'->'complexity'->'score', 'category', t.decision->'facts'->'complexity'->'category',
          'modelId', t.decision->'plan'->'modelId', 'provider', t.decision->'plan'->'provider',
          'inputTokens', t.decision->'facts'->'inputTokensEstimated', 'askedAt', t.created_at)
          from turns t, mine where t.conversation_id = mine.id and t.state = 'finished'
          order by t.created_at desc limit 1),
      'profiles', jsonb_build_object(
          'demand', (select demand from demand_profiles where org_id = ${orgId}::uuid),
          'output', (select factors from output_profiles where org_id = ${orgId}::uuid and user_id = ${userId}))`;
}

export async function readTurnFacts(db: Db, key: FactsKey): Promise<FactsDocument> {
  const { orgId, userId, conversationId } = key;
  const [row] = await db.$client<{ facts: FactsDocument }[]>`
    with clock as (select date_trunc('milliseconds', app_now()) as now),
    mine as (
      select id from conversations
       where id = ${conversationId}::uuid and org_id = ${orgId}::uuid and user_id = ${userId}),
    period as (
      select p.* from budget_periods p, clock
       where p.org_id = ${orgId}::uuid and p.closed_at is null and p.starts_at <= clock.now and p.ends_at > clock.now),
    today as (
      select c.* from daily_counters c
       where c.day = (select (now at time zone 'Asia/Ho_Chi_Minh')::date from clock)
         and (c.scope, c.subject_id) in (('org', ${orgId}::text), ('member', ${`${orgId}:${userId}`}),
                                         ('free_plan', 'all'))),
    retried as (
      select m.id, m.seq, m.parts from messages m
       where m.org_id = ${orgId}::uuid and m.user_id = ${userId} and m.conversation_id = ${conversationId}::uuid
         and m.role = 'user'
         and m.id = coalesce((select a.reply_to from messages a
                               where a.org_id = ${orgId}::uuid and a.turn_id = ${key.retryOf}::uuid
                                 and a.reply_to is not null limit 1),
                             (select q.id from messages q
                               where q.org_id = ${orgId}::uuid and q.turn_id = ${key.retryOf}::uuid
                                 and q.role = 'user' limit 1))),
    answers as (
      select distinct on (a.reply_to) a.* from messages a, mine
       where a.conversation_id = mine.id and a.role = 'assistant' and a.state in ('complete', 'interrupted')
       order by a.reply_to, a.version desc),
    history as (
      select items.role, items.parts, items.seq from (
        select q.role, q.parts, q.seq from messages q join answers a on a.reply_to = q.id
        union all
        select a.role, a.parts, q.seq + 0.5 from answers a join messages q on q.id = a.reply_to) items
       where items.seq < coalesce((select seq from retried), 'infinity'::float8)
       order by items.seq desc limit ${HISTORY_ITEMS_MAX})
    select jsonb_build_object(
      'now', clock.now,
      'catalogue', read_catalogue(${key.knownCatalogue}::bigint),
      'turn', (select jsonb_build_object('bodyHash', body_hash, 'userId', user_id, 'state', state)
                 from turns where org_id = ${orgId}::uuid and id = ${key.turnId}::uuid),
      'isConversationMine', exists(select 1 from mine),
      'period', (select jsonb_build_object('id', id, 'planId', plan_id, 'startsAt', starts_at, 'endsAt', ends_at,
          'limit', limit_micro_vnd::text, 'used', used_micro_vnd::text, 'reserved', reserved_micro_vnd::text)
          from period),
      'member', (select jsonb_build_object('cap', cap_micro_vnd::text, 'spent',
          (case when period_id = (select id from period) then used_micro_vnd + reserved_micro_vnd else 0 end)::text)
          from org_members where org_id = ${orgId}::uuid and user_id = ${userId}),
      'settings', (select jsonb_build_object('monthlyBudget', monthly_budget_micro_vnd::text,
          'dailyCap', daily_cap_micro_vnd::text, 'maxCostPerQuery', max_cost_per_query_micro_vnd::text,
          'isOptimizationOn', enable_cost_optimization, 'preferredModels', preferred_models,
          'blockedModels', blocked_models, 'isSoftLandingOn', soft_landing)
          from user_cost_settings where org_id = ${orgId}::uuid and user_id = ${userId}),
      'spentToday', jsonb_build_object(
          'messages', coalesce((select messages from today where scope = 'org'), 0),
          'member', coalesce((select used_micro_vnd + reserved_micro_vnd from today where scope = 'member'), 0)::text,
          'freePlan', coalesce((select used_micro_vnd + reserved_micro_vnd from today
                                 where scope = 'free_plan'), 0)::text),
      'retried', (select jsonb_build_object('messageId', id, 'seq', seq, 'text', parts->0->>'text') from retried),
      'history', coalesce((select jsonb_agg(jsonb_build_object('role', role, 'text', parts->0->>'text') order by seq)
                             from history), '[]'),
      ${pastOf(db, key)},
      'turnsInConversation', (select count(*)::int from answers)
    ) as facts
    from clock`;
  if (row === undefined) throw new Error("the facts statement returned nothing");
  return row.facts;
}
