import type { Db } from "@/server/db/client.ts";

/** A recorded attempt of a reservation whose worker is gone; money as text. */
export type LostCall = {
  readonly id: string;
  readonly reservationId: string;
  readonly modelId: string;
  readonly provider: string;
  readonly outcome: string | null;
  readonly isDispatched: boolean;
  readonly inputTokensEstimated: number;
  readonly outputTokensSeen: number;
  readonly providerRequestId: string | null;
  readonly priceId: string;
  readonly freshInputPicoUsd: string;
  readonly outputPicoUsd: string;
  readonly rateId: string;
  readonly rateMilliVnd: string;
};

/** The attempts of reservations, each with the price and the rate it was recorded with. */
export async function readLostCalls(
  db: Db,
  reservationIds: readonly string[],
): Promise<LostCall[]> {
  return db.$client<LostCall[]>`
    select c.id, c.reservation_id as "reservationId", c.model_id as "modelId", m.provider, c.outcome,
           c.dispatched_at is not null as "isDispatched", c.input_tokens_estimated as "inputTokensEstimated",
           c.output_tokens_seen as "outputTokensSeen", c.provider_request_id as "providerRequestId",
           p.id as "priceId", p.fresh_input_pico_usd::text as "freshInputPicoUsd",
           p.output_pico_usd::text as "outputPicoUsd", x.id as "rateId", x.rate_milli_vnd::text as "rateMilliVnd"
      from provider_calls c join models m on m.id = c.model_id
      join model_prices p on p.id = c.price_id join exchange_rates x on x.id = c.rate_id
     where c.reservation_id = any(${[...reservationIds]}::uuid[])
     order by c.reservation_id, c.attempt`;
}

export type ExpiredHold = {
  readonly id: string;
  readonly orgId: string;
  readonly userId: string;
  readonly periodId: string;
  readonly planId: string;
  readonly purpose: string;
  /** The instant of admission, by the wall clock under the period's lock. */
  readonly createdAt: string;
};

/** Holds of no turn that outlived the longest call, oldest first. */
export async function listExpiredHolds(db: Db, limit: number): Promise<ExpiredHold[]> {
  return db.$client<ExpiredHold[]>`
    select r.id, r.org_id as "orgId", r.user_id as "userId", r.period_id as "periodId", p.plan_id as "planId",
           r.purpose, r.created_at::text as "createdAt"
      from reservations r join budget_periods p on p.id = r.period_id
     where r.state = 'held' and r.turn_id is null and r.expires_at < app_now()
     order by r.expires_at limit ${limit}`;
}
