import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { until } from "./until.ts";

type Account = { readonly orgId: string; readonly userId: string };

export type OldTraffic = {
  readonly turns: () => number;
  /** Waits until so many more turns have gone through. */
  readonly more: (count: number) => Promise<void>;
  /** Lets the turns at work end. @returns what went wrong, and the slowest turn. */
  readonly stop: () => Promise<{ readonly errors: readonly string[]; readonly slowestMs: number }>;
};

/**
 * Turns by the statements of the release before this one, written out as it sent them, on several
 * connections at once and without end.
 */
export async function startOldTraffic(
  url: string,
  accounts: readonly Account[],
): Promise<OldTraffic> {
  const sql = postgres(url, { max: accounts.length, onnotice: () => undefined });
  const [valid] = await sql<Valid[]>`
    select p.id as "priceId", p.model_id as "modelId", m.provider, r.id as "rateId",
           (100 * p.fresh_input_pico_usd + 50 * p.output_pico_usd)::text as pico,
           ceil((100 * p.fresh_input_pico_usd + 50 * p.output_pico_usd)::numeric * r.rate_milli_vnd / 1000000000)::text as cost
      from model_prices p join models m on m.id = p.model_id, exchange_rates r
     where p.valid_to is null and r.valid_to is null and p.context_tokens_min = 0 and not m.is_free
     order by p.model_id limit 1`;
  if (valid === undefined) throw new Error("nothing is priced");
  const errors: string[] = [];
  let turns = 0;
  let slowestMs = 0;
  let isStopping = false;
  const work = accounts.map(async (account) => {
    while (!isStopping) {
      const startedAtMs = performance.now();
      await oldTurn(sql, account, valid).catch((error: unknown) => errors.push(String(error)));
      slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
      turns += 1;
    }
  });
  return {
    turns: () => turns,
    more: async (count) => {
      const wanted = turns + count;
      await until(() => turns >= wanted);
    },
    stop: async () => {
      isStopping = true;
      await Promise.all(work);
      await sql.end({ timeout: 5 });
      return { errors, slowestMs };
    },
  };
}

type Valid = {
  readonly priceId: string;
  readonly modelId: string;
  readonly provider: string;
  readonly rateId: string;
  readonly pico: string;
  readonly cost: string;
};

async function oldTurn(sql: postgres.Sql, account: Account, valid: Valid): Promise<void> {
  const { orgId, userId } = account;
  const [turnId, conversationId, question] = [randomUUID(), randomUUID(), randomUUID()];
  const [now] = await sql<{ at: Date; day: string; periodId: string }[]>`
    select c.at, (c.at at time zone 'Asia/Ho_Chi_Minh')::date::text as day, p.id as "periodId"
      from (select date_trunc('milliseconds', app_now()) as at) c, budget_periods p
     where p.org_id = ${orgId} and p.closed_at is null and p.starts_at <= c.at and p.ends_at > c.at`;
  if (now === undefined) throw new Error("no period is open");
  const at = now.at.toISOString();
  const claim = {
    ...{ orgId, userId, turnId, conversationId, isNewConversation: true, title: "Phở" },
    ...{ bodyHash: "hash", now: at, decision: {}, questionMessageId: question },
    question: [{ type: "text", text: "Phở" }],
  };
  const counters = [
    { scope: "org", subjectId: orgId, capMicroVnd: null, messages: 1, messagesMax: null },
    { scope: "member", subjectId: `${orgId}:${userId}`, capMicroVnd: null, messages: 0 },
  ];
  const reserve = {
    ...{ orgId, userId, periodId: now.periodId, turnId, purpose: "chat", holdMicroVnd: "900000" },
    ...{ memberLimitMicroVnd: null, counters, day: now.day, now: at, expiresAt: at },
    ...{ modelId: valid.modelId, priceId: valid.priceId, rateId: valid.rateId },
    inputTokensEstimated: 100,
  };
  const [row] = await sql<{ result: { reservationId: string; providerCallId: string } }[]>`
    select reserve_call(claim_turn(${JSON.stringify(claim)}::text::jsonb), ${JSON.stringify(reserve)}::text::jsonb) as result`;
  if (row === undefined) throw new Error("reserve_call gave nothing");
  const { reservationId, providerCallId } = row.result;
  await sql`update provider_calls set dispatched_at = clock_timestamp()
    where id = ${providerCallId} and dispatched_at is null and outcome is null`;
  await sql.begin(async (tx) => {
    await tx`insert into usage_logs (provider_call_id, reservation_id, org_id, user_id, period_id, conversation_id,
        turn_id, purpose, is_final_attempt, provider, model_id, fresh_input_tokens, cached_input_tokens,
        cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, total_tokens, cost_pico_usd,
        cost_micro_vnd, saved_micro_vnd, price_id, rate_id, query_complexity, source, occurred_at)
      values (${providerCallId}, ${reservationId}, ${orgId}, ${userId}, ${now.periodId}, ${conversationId}, ${turnId},
        'chat', true, ${valid.provider}, ${valid.modelId}, 100, 0, 0, 0, 50, 0, 150, ${valid.pico}, ${valid.cost}, 0,
        ${valid.priceId}, ${valid.rateId}, 'simple', 'reported', ${at})`;
    await tx`insert into messages (conversation_id, org_id, user_id, turn_id, role, parts, state, reply_to)
      select id, org_id, user_id, ${turnId}, 'assistant', '[]', 'complete', ${question} from conversations
       where id = ${conversationId} for key share`;
    await tx`update provider_calls set outcome = 'complete', ended_at = clock_timestamp(), output_tokens_seen = 50
      where id = ${providerCallId} and outcome is null`;
    await tx`select close_reservation(${reservationId}, 'settled', ${valid.cost})`;
    await tx`insert into monthly_usage_summary (org_id, user_id, month, total_queries, total_tokens,
        total_cost_pico_usd, total_cost_micro_vnd, simple_queries, subscription_tier, budget_limit_micro_vnd,
        budget_used_micro_vnd, budget_remaining_micro_vnd)
      values (${orgId}, ${userId}, ${now.day.slice(0, 7)}, 1, 150, ${valid.pico}, ${valid.cost}, 1, 'ultimate', 0, 0, 0)
      on conflict (org_id, user_id, month) do update set
        total_queries = monthly_usage_summary.total_queries + 1,
        total_tokens = monthly_usage_summary.total_tokens + 150,
        total_cost_pico_usd = monthly_usage_summary.total_cost_pico_usd + excluded.total_cost_pico_usd,
        total_cost_micro_vnd = monthly_usage_summary.total_cost_micro_vnd + excluded.total_cost_micro_vnd,
        simple_queries = monthly_usage_summary.simple_queries + 1`;
    await tx`update turns set state = 'finished', receipt = '{}', finished_at = app_now()
      where org_id = ${orgId} and id = ${turnId} and state = 'running'`;
  });
}
