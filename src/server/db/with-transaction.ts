import type { Ctx } from "@/server/ctx.ts";
import type { Db } from "./client.ts";

/** What stores accept: the pool or a running transaction. */
export type Queryable = Pick<
  Db,
  "select" | "selectDistinct" | "insert" | "update" | "delete" | "execute" | "query" | "transaction"
>;

/** The same context with the transaction in place of the pool. */
export type TxCtx = Omit<Ctx, "db"> & { readonly db: Queryable };

/**
 * Runs `work` in one transaction (a savepoint when `ctx` already carries one). Rolls back when
 * `work` throws. Never call a provider or wait for a person inside.
 */
export async function withTransaction<T>(ctx: TxCtx, work: (tx: TxCtx) => Promise<T>): Promise<T> {
  return ctx.db.transaction((transaction) => work({ ...ctx, db: transaction }));
}
