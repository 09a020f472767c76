import type { Db } from "@/server/db/client.ts";

export type DecisionRow = { readonly turnId: string; readonly decision: unknown };

const PAGE_ROWS = 500;

/**
 * Visits every stored decision asked in [from, to), page by page from one snapshot: however many
 * there are, a page at a time is in memory.
 */
export async function eachDecision(
  db: Db,
  range: { readonly from: Date; readonly to: Date },
  visit: (row: DecisionRow) => void,
): Promise<void> {
  await db.$client.begin("isolation level repeatable read read only", async (tx) => {
    await tx`
      declare decisions no scroll cursor for
        select id as "turnId", decision from turns
         where decision is not null
           and created_at >= ${range.from.toISOString()} and created_at < ${range.to.toISOString()}`;
    for (;;) {
      const rows = await tx.unsafe<DecisionRow[]>(`fetch ${PAGE_ROWS} from decisions`);
      rows.forEach(visit);
      if (rows.length < PAGE_ROWS) return;
    }
  });
}
