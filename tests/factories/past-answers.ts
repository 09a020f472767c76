import { randomUUID } from "node:crypto";
import type { TestDatabase } from "../support/test-database.ts";
import type { Person } from "./people.ts";

/** An answered question of the past, as its log would tell. */
export type LoggedAnswer = {
  readonly at: Date;
  readonly category?: string;
  readonly score?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly outcome?: "complete" | "interrupted";
};

/** Writes the logs of answers nobody gave; balances stay as they are. */
export async function logAnswers(
  { sql }: TestDatabase,
  person: Person,
  answers: readonly LoggedAnswer[],
): Promise<void> {
  const rows = answers.map(({ at, ...answer }) => ({
    ...{ category: "question", score: 0.2, inputTokens: 100, outputTokens: 250 },
    ...{ outcome: "complete", reservation: randomUUID(), call: randomUUID() },
    ...answer,
    at: at.toISOString(),
  }));
  await sql`
    with rows as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
        as r(at timestamptz, category text, score numeric, "inputTokens" int, "outputTokens" int, outcome text,
             reservation uuid, call uuid)),
    period as (select id from budget_periods where org_id = ${person.orgId} limit 1),
    price as (select id, model_id from model_prices where model_id = 'openai/gpt-5.4-mini' limit 1),
    rate as (select id from exchange_rates limit 1),
    held as (
      insert into reservations (id, org_id, user_id, period_id, purpose, hold_micro_vnd,
                                headroom_at_admit_micro_vnd, day, daily_scopes, state, expires_at, closed_at)
      select reservation, ${person.orgId}, ${person.userId}, period.id, 'chat', 0, 0, at::date, '{}', 'settled', at, at
        from rows, period returning id),
    called as (
      insert into provider_calls (id, reservation_id, attempt, model_id, price_id, rate_id, purpose,
                                  input_tokens_estimated)
      select call, reservation, 1, price.model_id, price.id, rate.id, 'chat', "inputTokens"
        from rows, price, rate returning id)
    insert into usage_logs (provider_call_id, reservation_id, org_id, user_id, period_id, purpose, is_final_attempt,
      provider, model_id, fresh_input_tokens, cached_input_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
      output_tokens, reasoning_tokens, total_tokens, cost_pico_usd, cost_micro_vnd, saved_micro_vnd, price_id,
      rate_id, query_complexity, complexity_score, query_category, source, metadata, occurred_at)
    select call, reservation, ${person.orgId}, ${person.userId}, period.id, 'chat', true,
      'openai', price.model_id, "inputTokens", 0, 0, 0, "outputTokens", 0, "inputTokens" + "outputTokens", 0, 0, 0,
      price.id, rate.id, 'simple', score, category, 'reported', jsonb_build_object('outcome', outcome), at
      from rows, period, price, rate`;
}
