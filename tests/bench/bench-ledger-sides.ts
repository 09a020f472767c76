import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { bookTurn, type TurnBooking } from "@/features/chat/book-turn.ts";
import { claimTurn } from "@/features/chat/store/turns.ts";
import { admitCall } from "@/features/ledger/admit-call.ts";
import type { Ctx } from "@/server/ctx.ts";

/** Whose budget a call is of, and what it costs. */
export type Customer = {
  readonly ctx: Ctx;
  readonly periodId: string;
  readonly day: string;
  readonly priceId: string;
  readonly rateId: string;
  readonly modelId: string;
  readonly provider: string;
};

/** One turn's admission and its settlement, without the provider between them. */
export type Side = (customer: Customer) => Promise<void>;

const holdMicroVnd = "2000000";
const costMicroVnd = 350_000n;
const costPicoUsd = 13_325_000n;
const answer = "Bầu trời xanh vì không khí tán xạ ánh sáng xanh mạnh hơn ánh sáng đỏ. ".repeat(12);

type Ids = Readonly<Record<keyof ReturnType<typeof makeIds>, string>>;

function makeIds() {
  return {
    turnId: randomUUID(),
    conversationId: randomUUID(),
    questionMessageId: randomUUID(),
    answerMessageId: randomUUID(),
    usageLogId: randomUUID(),
    reservationId: randomUUID(),
    providerCallId: randomUUID(),
  };
}

/** The verbs that the road of a message calls. */
export const ours: Side = async (customer) => {
  const { ctx } = customer;
  const ids = makeIds();
  const { reservationId: _mine, providerCallId: _too, ...parameters } = reserveOf(customer, ids);
  const admitted = await admitCall(ctx, claimTurn(ctx.db, claimOf(customer, ids)), parameters);
  if (admitted.kind !== "admitted") throw new Error(`the call was ${admitted.kind}`);
  await bookTurn(ctx, bookingOf(customer, { ...ids, ...admitted }));
};

/** The same work by prepared statements with nothing around them, on a pool of the same size. */
export const bare =
  (sql: postgres.Sql): Side =>
  async (customer) => {
    const ids = makeIds();
    const { orgId, userId } = customer.ctx;
    await sql`select reserve_call(claim_turn(${text(claimOf(customer, ids))}::text::jsonb),
                                  ${text(reserveOf(customer, ids))}::text::jsonb) as result`;
    await sql.begin(async (tx) => {
      await insertLog(tx, customer, ids);
      await tx`update provider_calls set outcome = 'complete', ended_at = clock_timestamp(),
          dispatched_at = coalesce(dispatched_at, clock_timestamp()),
          first_byte_at = coalesce(first_byte_at, clock_timestamp()),
          output_tokens_seen = greatest(output_tokens_seen, 300), provider_request_id = 'request'
        where id = ${ids.providerCallId} and outcome is null`;
      await tx`select close_reservation(${ids.reservationId}, 'settled', ${costMicroVnd.toString()}) as result`;
      await addToMonth(tx, customer);
      await tx`update turns set state = 'finished', receipt = ${text({ usageLogIds: [ids.usageLogId] })}::text::jsonb,
          finished_at = app_now(), recovered_at = null
        where org_id = ${orgId} and id = ${ids.turnId} and (state = 'running' or recovered_at is not null)
        returning id`;
      await tx`insert into messages (id, conversation_id, org_id, user_id, turn_id, role, parts, state, finish_reason,
          reply_to, version)
        select ${ids.answerMessageId}, c.id, c.org_id, ${userId}, ${ids.turnId}, 'assistant',
               ${text([{ type: "text", text: answer }])}::text::jsonb, 'complete', 'stop', ${ids.questionMessageId},
               1 + (select count(*)::int from messages a where a.reply_to = ${ids.questionMessageId}
                     and a.role = 'assistant' and a.id <> ${ids.answerMessageId})
          from conversations c where c.id = ${ids.conversationId} for key share
        on conflict (id) do update set parts = excluded.parts, state = excluded.state`;
    });
  };

async function insertLog(tx: postgres.TransactionSql, customer: Customer, ids: Ids) {
  const { orgId, userId, now } = customer.ctx;
  await tx`insert into usage_logs (id, kind, provider_call_id, reservation_id, org_id, user_id, period_id,
      conversation_id, turn_id, purpose, is_final_attempt, provider, model_id, served_model, fresh_input_tokens,
      cached_input_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, total_tokens,
      cost_pico_usd, cost_micro_vnd, saved_micro_vnd, price_id, rate_id, query_complexity, complexity_score,
      query_category, response_time_ms, first_token_ms, source, metadata, occurred_at)
    values (${ids.usageLogId}, 'usage', ${ids.providerCallId}, ${ids.reservationId}, ${orgId}, ${userId},
      ${customer.periodId}, ${ids.conversationId}, ${ids.turnId}, 'chat', true, ${customer.provider},
      ${customer.modelId}, ${customer.modelId}, 100, 0, 0, 0, 300, 0, 400, ${costPicoUsd.toString()},
      ${costMicroVnd.toString()}, 0, ${customer.priceId}, ${customer.rateId}, 'simple', 0.2, 'general', 900, 200,
      'reported', ${text(metadata)}::text::jsonb, ${now.toISOString()}::text::timestamptz)
    on conflict (provider_call_id) do nothing returning id`;
}

async function addToMonth(tx: postgres.TransactionSql, { ctx, day }: Customer) {
  await tx`insert into monthly_usage_summary as s (org_id, user_id, month, total_queries, total_tokens,
      total_cost_pico_usd, total_cost_micro_vnd, saved_micro_vnd, simple_queries, medium_queries, complex_queries,
      subscription_tier, budget_limit_micro_vnd, budget_used_micro_vnd, budget_remaining_micro_vnd, updated_at)
    values (${ctx.orgId}, ${ctx.userId}, ${day.slice(0, 7)}, 1, 400, ${costPicoUsd.toString()},
      ${costMicroVnd.toString()}, 0, 1, 0, 0, 'ultimate', 1, 1, 1, app_now())
    on conflict (org_id, user_id, month) do update set total_queries = s.total_queries + excluded.total_queries,
      total_tokens = s.total_tokens + excluded.total_tokens,
      total_cost_pico_usd = s.total_cost_pico_usd + excluded.total_cost_pico_usd,
      total_cost_micro_vnd = s.total_cost_micro_vnd + excluded.total_cost_micro_vnd,
      saved_micro_vnd = s.saved_micro_vnd + excluded.saved_micro_vnd,
      simple_queries = s.simple_queries + excluded.simple_queries,
      medium_queries = s.medium_queries + excluded.medium_queries,
      complex_queries = s.complex_queries + excluded.complex_queries,
      subscription_tier = excluded.subscription_tier, budget_limit_micro_vnd = excluded.budget_limit_micro_vnd,
      budget_used_micro_vnd = excluded.budget_used_micro_vnd,
      budget_remaining_micro_vnd = excluded.budget_remaining_micro_vnd, updated_at = app_now()`;
}

const metadata = { outcome: "complete", finishReason: "stop" };

const text = (value: unknown) => JSON.stringify(value);

function claimOf({ ctx }: Customer, ids: Ids) {
  return {
    orgId: ctx.orgId,
    userId: ctx.userId,
    turnId: ids.turnId,
    conversationId: ids.conversationId,
    isNewConversation: true,
    title: "Vì sao bầu trời xanh?",
    bodyHash: "a".repeat(64),
    now: ctx.now.toISOString(),
    decision: { policyVersion: 1 },
    processId: ids.turnId,
    questionMessageId: ids.questionMessageId,
    answerMessageId: ids.answerMessageId,
    question: [{ type: "text", text: "Vì sao bầu trời xanh?" }] as const,
  };
}

function reserveOf(customer: Customer, ids: Ids) {
  const { orgId, userId, now } = customer.ctx;
  const counters = [
    { scope: "org", subjectId: orgId, capMicroVnd: null, messages: 1, messagesMax: null },
    {
      scope: "member",
      subjectId: `${orgId}:${userId}`,
      capMicroVnd: null,
      messages: 0,
      messagesMax: null,
    },
  ] as const;
  return {
    reservationId: ids.reservationId,
    providerCallId: ids.providerCallId,
    orgId,
    userId,
    periodId: customer.periodId,
    turnId: ids.turnId,
    purpose: "chat",
    holdMicroVnd,
    memberLimitMicroVnd: null,
    counters,
    day: customer.day,
    now: now.toISOString(),
    expiresAt: new Date(now.getTime() + 720_000).toISOString(),
    modelId: customer.modelId,
    priceId: customer.priceId,
    rateId: customer.rateId,
    inputTokensEstimated: 100,
  };
}

function bookingOf(customer: Customer, ids: Ids): TurnBooking {
  const { ctx, modelId, provider, priceId, rateId, periodId } = customer;
  return {
    ids,
    reservationId: ids.reservationId,
    period: { id: periodId, planId: "ultimate" },
    logs: [
      {
        ...{ id: ids.usageLogId, kind: "usage", providerCallId: ids.providerCallId },
        ...{ reservationId: ids.reservationId, orgId: ctx.orgId, userId: ctx.userId, periodId },
        ...{ conversationId: ids.conversationId, turnId: ids.turnId, purpose: "chat" },
        ...{ isFinalAttempt: true, provider, modelId, servedModel: modelId },
        ...{ freshInputTokens: 100, cachedInputTokens: 0, cacheWrite5mTokens: 0 },
        ...{ cacheWrite1hTokens: 0, outputTokens: 300, reasoningTokens: 0, totalTokens: 400 },
        ...{ costPicoUsd, costMicroVnd, savedMicroVnd: 0n, priceId, rateId },
        ...{ queryComplexity: "simple", complexityScore: "0.2000", queryCategory: "general" },
        ...{ responseTimeMs: 900, firstTokenMs: 200, source: "reported", metadata },
        occurredAt: ctx.now,
      },
    ],
    calls: [
      {
        ...{ providerCallId: ids.providerCallId, outputTokensSeen: 300 },
        ...{ providerRequestId: "request", isFirstByteSeen: true },
        ...{ outcome: "complete", isDispatched: true },
      },
    ],
    text: answer,
    finishReason: "stop",
    state: "complete",
    failureCode: null,
    isFailedAnswer: false,
    plannedModelId: modelId,
    isRecovery: false,
  };
}
