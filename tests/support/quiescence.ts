import type postgres from "postgres";
import { until } from "./until.ts";

/** Waits until no turn runs and nothing is held: every effect there will be has happened. */
export async function untilQuiet(sql: postgres.Sql, withinMs = 30_000): Promise<void> {
  await until(async () => {
    const [row] = await sql`
      select (select count(*) from turns where state = 'running')::int as running,
             (select count(*) from reservations where state = 'held')::int as held,
             (select count(*) from provider_calls c join reservations r on r.id = c.reservation_id
               where c.dispatched_at is not null and r.state <> 'held'
                 and not exists (select 1 from usage_logs l where l.provider_call_id = c.id))::int as unlogged`;
    return row?.["running"] === 0 && row["held"] === 0 && row["unlogged"] === 0;
  }, withinMs);
}
