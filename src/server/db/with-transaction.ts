import type { Ctx } from "@/server/ctx.ts";
import type { Db } from "./client.ts";
import { retryConflicts } from "./retry-database.ts";

/** What stores accept: the pool or a running transaction. */
export type Queryable = Pick<
  Db,
  "select" | "selectDistinct" | "insert" | "update" | "delete" | "execute" | "query" | "transaction"
>;

/** The same context with the transaction in place of the pool. */
export type TxCtx = Omit<Ctx, "db"> & { readonly db: Queryable };

/**
 * Runs `work` in one transaction (a savepoint when `ctx` already carries one). Rolls back when
 * `work` throws; after a conflict with another transaction (deadlock, serialisation failure) it is
 * run again, a few times. Never call a provider or wait for a person inside.
 */
export async function withTransaction<T>(ctx: TxCtx, work: (tx: TxCtx) => Promise<T>): Promise<T> {
  const run = () => ctx.db.transaction((transaction) => work({ ...ctx, db: transaction }));
  // Inside a transaction a conflict has undone all of it: only the outermost can begin again.
  return "rollback" in ctx.db ? run() : retryConflicts(run);
}
