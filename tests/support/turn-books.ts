import type postgres from "postgres";
import { z } from "zod";
import { providerTimeouts, type ProviderTimeouts } from "@/server/llm/stream-deadline.ts";
import { until } from "./until.ts";

const logSchema = z.object({
  id: z.string(),
  kind: z.string(),
  reason: z.string().nullable(),
  adjusts: z.string().nullable(),
  source: z.string(),
  model: z.string(),
  servedModel: z.string().nullable(),
  provider: z.string(),
  priceModel: z.string().nullable(),
  isFinal: z.boolean(),
  fresh: z.number(),
  cached: z.number(),
  write5m: z.number(),
  write1h: z.number(),
  output: z.number(),
  reasoning: z.number(),
  total: z.number(),
  cost: z.string().transform(BigInt),
  saved: z.string().transform(BigInt),
  metadata: z.record(z.string(), z.unknown()),
});

const callSchema = z.object({
  id: z.string(),
  attempt: z.number(),
  model: z.string(),
  outcome: z.string().nullable(),
  requestId: z.string().nullable(),
  isDispatched: z.boolean(),
  logs: z.number(),
});

const booksSchema = z.object({
  state: z.string(),
  receipt: z.unknown(),
  refusal: z.unknown(),
  conversationId: z.string(),
  hold: z.string().transform(BigInt),
  holdState: z.string(),
  reserved: z.string(),
  answer: z.object({ role: z.string(), state: z.string(), text: z.string().nullable() }).nullable(),
  calls: z.array(callSchema),
  logs: z.array(logSchema),
});

/** A turn as the books have it: its hold, its provider calls and usage logs in their order. */
export type TurnBooks = z.output<typeof booksSchema>;

/** Waits until the turn has ended. @returns all that the database knows of it. */
export async function booksOf(
  sql: postgres.Sql,
  turnId: string,
  withinMs = 10_000,
): Promise<TurnBooks> {
  const row = await until(async () => {
    const [found] = await readTurn(sql, turnId);
    return found;
  }, withinMs);
  return booksSchema.parse(row);
}

function readTurn(sql: postgres.Sql, turnId: string) {
  return sql`
    select t.state, t.receipt, t.refusal, t.conversation_id as "conversationId",
           r.hold_micro_vnd::text as hold, r.state as "holdState",
           p.reserved_micro_vnd::text as reserved,
           (select jsonb_build_object('role', m.role, 'state', m.state, 'text', m.parts->0->>'text')
              from messages m where m.turn_id = t.id and m.role <> 'user') as answer,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'id', c.id, 'attempt', c.attempt, 'model', c.model_id, 'outcome', c.outcome,
                     'requestId', c.provider_request_id, 'isDispatched', c.dispatched_at is not null,
                     'logs', (select count(*) from usage_logs l where l.provider_call_id = c.id))
                     order by c.attempt), '[]')
              from provider_calls c where c.reservation_id = r.id) as calls,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'id', l.id, 'kind', l.kind, 'reason', l.reason, 'adjusts', l.adjusts_usage_log_id,
                     'source', l.source, 'model', l.model_id, 'servedModel', l.served_model,
                     'provider', l.provider, 'priceModel', mp.model_id, 'isFinal', l.is_final_attempt,
                     'fresh', l.fresh_input_tokens, 'cached', l.cached_input_tokens,
                     'write5m', l.cache_write_5m_tokens, 'write1h', l.cache_write_1h_tokens,
                     'output', l.output_tokens, 'reasoning', l.reasoning_tokens, 'total', l.total_tokens,
                     'cost', l.cost_micro_vnd::text, 'saved', l.saved_micro_vnd::text,
                     'metadata', l.metadata) order by l.kind desc, c.attempt), '[]')
              from usage_logs l left join provider_calls c on c.id = l.provider_call_id
              left join model_prices mp on mp.id = l.price_id where l.turn_id = t.id) as logs
      from turns t
      join reservations r on r.turn_id = t.id and r.org_id = t.org_id
      join budget_periods p on p.id = r.period_id
     where t.id = ${turnId} and t.state <> 'running'`;
}

/** The sum of the costs of logs, credits included. */
export const costOf = (logs: TurnBooks["logs"]): bigint =>
  logs.reduce((sum, log) => sum + log.cost, 0n);

/**
 * Shortens how long this process waits for providers, as no setting can. @returns puts it back.
 */
export function shortenTimeouts(timeouts: Partial<ProviderTimeouts>): () => void {
  const before = { ...providerTimeouts };
  Object.assign(providerTimeouts, timeouts);
  return () => {
    Object.assign(providerTimeouts, before);
  };
}

/** How much more a provider counts than we do, in hundredths, as the product states it. */
const biasPercent: Readonly<Record<string, number>> = { openai: 100, gemini: 110, anthropic: 120 };

/** What an estimate books for so many tokens of our own count. */
export function estimatedTokensOf(model: string, tokens: number): number {
  const percent = biasPercent[model.split("/")[0] ?? ""];
  if (percent === undefined) throw new Error(`no bias is stated for ${model}`);
  return Math.ceil((tokens * percent) / 100);
}

/** The open ops alerts of that kind. */
export async function alertsOf(sql: postgres.Sql, kind: string) {
  return sql`select dedupe_key, occurrences, payload from ops_alerts
              where kind = ${kind} order by created_at`;
}
