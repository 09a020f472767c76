import type postgres from "postgres";
import type { Bill } from "./simulator-bill.ts";

/** A provider call as the product's books have it; `log` null: none was written. */
export type BookedCall = {
  readonly providerCallId: string;
  readonly turnId: string | null;
  readonly attempt: number;
  readonly modelId: string;
  readonly providerModel: string;
  readonly providerRequestId: string | null;
  readonly isDispatched: boolean;
  readonly outcome: string | null;
  readonly holdState: string;
  readonly log: BookedLog | null;
};

export type BookedLog = {
  readonly source: string;
  readonly modelId: string;
  readonly tokens: Bill;
  readonly costMicroVnd: bigint;
  /** Corrections of the usage (`late_usage`), credits left out. */
  readonly correctedMicroVnd: bigint;
  readonly occurredAt: Date;
};

/** A price and a rate, as the oracle reads them by itself. */
export type Tariff = {
  readonly modelId: string;
  readonly contextTokensMin: number;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly picoUsd: Readonly<Record<Exclude<keyof Bill, "reasoning">, bigint>>;
};
export type Rate = { readonly rateMilliVnd: bigint; readonly from: Date; readonly to: Date | null };

export async function readBookedCalls(sql: postgres.Sql): Promise<BookedCall[]> {
  const rows = await sql`
    select c.id, r.turn_id, c.attempt, c.model_id, m.provider_model, c.provider_request_id,
           c.dispatched_at is not null as is_dispatched, c.outcome, r.state,
           l.id as log_id, l.source, l.model_id as log_model_id, l.occurred_at,
           l.fresh_input_tokens, l.cached_input_tokens, l.cache_write_5m_tokens,
           l.cache_write_1h_tokens, l.output_tokens, l.reasoning_tokens, l.cost_micro_vnd::text as cost,
           (select coalesce(sum(a.cost_micro_vnd), 0)::text from usage_logs a
             where a.adjusts_usage_log_id = l.id and a.reason = 'late_usage') as corrected
      from provider_calls c join reservations r on r.id = c.reservation_id
      join models m on m.id = c.model_id
      left join usage_logs l on l.provider_call_id = c.id and l.kind = 'usage'
     order by c.created_at, c.attempt`;
  return rows.map((row) => ({
    providerCallId: String(row["id"]),
    turnId: row["turn_id"] as string | null,
    attempt: Number(row["attempt"]),
    modelId: String(row["model_id"]),
    providerModel: String(row["provider_model"]),
    providerRequestId: row["provider_request_id"] as string | null,
    isDispatched: row["is_dispatched"] === true,
    outcome: row["outcome"] as string | null,
    holdState: String(row["state"]),
    log: row["log_id"] === null ? null : logOf(row),
  }));
}

function logOf(row: postgres.Row): BookedLog {
  return {
    source: String(row["source"]),
    modelId: String(row["log_model_id"]),
    tokens: {
      freshInput: Number(row["fresh_input_tokens"]),
      cachedInput: Number(row["cached_input_tokens"]),
      cacheWrite5m: Number(row["cache_write_5m_tokens"]),
      cacheWrite1h: Number(row["cache_write_1h_tokens"]),
      output: Number(row["output_tokens"]),
      reasoning: Number(row["reasoning_tokens"]),
    },
    costMicroVnd: BigInt(String(row["cost"])),
    correctedMicroVnd: BigInt(String(row["corrected"])),
    occurredAt: row["occurred_at"] as Date,
  };
}

export async function readTariffs(sql: postgres.Sql): Promise<Tariff[]> {
  const rows = await sql`
    select model_id, context_tokens_min, valid_from, valid_to, fresh_input_pico_usd::text as fresh,
           cached_input_pico_usd::text as cached, cache_write_5m_pico_usd::text as write_5m,
           cache_write_1h_pico_usd::text as write_1h, output_pico_usd::text as output
      from model_prices`;
  return rows.map((row) => ({
    modelId: String(row["model_id"]),
    contextTokensMin: Number(row["context_tokens_min"]),
    validFrom: row["valid_from"] as Date,
    validTo: row["valid_to"] as Date | null,
    picoUsd: {
      freshInput: BigInt(String(row["fresh"])),
      cachedInput: BigInt(String(row["cached"])),
      cacheWrite5m: BigInt(String(row["write_5m"])),
      cacheWrite1h: BigInt(String(row["write_1h"])),
      output: BigInt(String(row["output"])),
    },
  }));
}

export async function readRates(sql: postgres.Sql): Promise<Rate[]> {
  const rows = await sql`
    select rate_milli_vnd::text as rate, valid_from, valid_to from exchange_rates`;
  return rows.map((row) => ({
    rateMilliVnd: BigInt(String(row["rate"])),
    from: row["valid_from"] as Date,
    to: row["valid_to"] as Date | null,
  }));
}
