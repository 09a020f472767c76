import { sql } from "drizzle-orm";
import type { Db } from "@/server/db/client.ts";

type Kind = { readonly answers: number; readonly costMicroVnd: bigint };
export type AnswerCosts = { readonly simple: Kind; readonly complex: Kind };

/** So many rows are enough for a mean; a larger table is sampled. */
const SAMPLED_ROWS = 100_000;

/** Answers to people's questions of the last 30 days by how hard they were, and what they cost. */
export async function readAnswerCosts(db: Db): Promise<AnswerCosts> {
  const [size] = await db.execute<{ rows: number }>(
    sql`select greatest(reltuples, 1)::float8 as rows from pg_class where oid = 'usage_logs'::regclass`,
  );
  const percent = Math.min(100, (SAMPLED_ROWS * 100) / (size?.rows ?? 1));
  const rows = await db.execute<{ kind: string; answers: number; cost: string }>(sql`
    select query_complexity as kind, count(*)::int as answers, sum(cost_micro_vnd)::text as cost
      from usage_logs tablesample system (${percent}::float4)
     where kind = 'usage' and purpose = 'chat' and is_final_attempt
       and query_complexity in ('simple', 'complex') and occurred_at > app_now() - interval '30 days'
     group by 1`);
  const of = (kind: string): Kind => {
    const row = rows.find((one) => one.kind === kind);
    return { answers: row?.answers ?? 0, costMicroVnd: BigInt(row?.cost ?? "0") };
  };
  return { simple: of("simple"), complex: of("complex") };
}
