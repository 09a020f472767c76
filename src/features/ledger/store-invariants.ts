import { sql } from "drizzle-orm";
import type { Db } from "@/server/db/client.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export type Violation = {
  readonly id: string;
  readonly rule: string;
  readonly rows: readonly unknown[];
};

const ROWS_MAX = 20;

/** Long enough for sums over millions of logs, short enough to end. */
const STATEMENT_TIMEOUT_MS = 300_000;

export async function readViolations(
  db: Db,
  rules: readonly { readonly id: string; readonly rule: string; readonly statement: string }[],
): Promise<readonly Violation[]> {
  return db.transaction(
    async (tx) => {
      await tx.execute(
        sql`select set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true),
                   set_config('work_mem', '64MB', true)`,
      );
      const found: Violation[] = [];
      for (const { id, rule, statement } of rules) {
        const rows = await offendingRows(tx, statement);
        if (rows.length > 0) found.push({ id, rule, rows });
      }
      return found;
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

async function offendingRows(tx: Queryable, statement: string): Promise<readonly unknown[]> {
  return [...(await tx.execute(sql.raw(`select * from (${statement}) v limit ${ROWS_MAX}`)))];
}
