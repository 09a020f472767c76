import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { operations } from "@drizzle/schema/jobs.ts";
import { DomainError } from "@/domain/errors.ts";
import type { Queryable } from "./with-transaction.ts";

/** What a write verb answers: JSON, so that a repeat gives exactly the same. Money as text. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

export type Operation = {
  /** The operation and whose it is, as `budget.set:<org id>`. */
  readonly scope: string;
  /** Made by the caller, who sends the same one again when an answer was lost. */
  readonly key: string;
  /** What is asked; bigints and dates are welcome. */
  readonly body: unknown;
};

/**
 * Does `work` once per scope and key, in the caller's transaction: the key, the effect and the
 * answer commit together or not at all. A repeat waits for the first and gives its answer without
 * doing anything.
 * @throws DomainError `idempotency_conflict` when the key was used for another body.
 */
export async function once<T extends JsonValue>(
  tx: { readonly db: Queryable },
  operation: Operation,
  work: () => Promise<T>,
): Promise<T> {
  const { scope, key } = operation;
  const bodyHash = hashOf(operation.body);
  const claimed = await tx.db
    .insert(operations)
    .values({ scope, key, bodyHash })
    .onConflictDoNothing()
    .returning({ key: operations.key });
  if (claimed.length === 0) {
    // The stored answer is what the same verb returned for the same body: its type is the verb's.
    const [done] = await tx.db.execute<{ bodyHash: string; result: T }>(sql`
      select body_hash as "bodyHash", result from operations where scope = ${scope} and key = ${key}`);
    if (done === undefined) throw new Error("the operation of a taken key is there");
    if (done.bodyHash !== bodyHash) {
      throw new DomainError("idempotency_conflict", `the key was used for another ${scope}`);
    }
    return done.result;
  }
  const result = await work();
  // Read back, so that the first answer and its repeats are one text, down to the order of their parts.
  const [kept] = await tx.db.execute<{ result: T }>(sql`
    update operations set result = ${JSON.stringify(result)}::jsonb
     where scope = ${scope} and key = ${key} returning result`);
  if (kept === undefined) throw new Error("the operation just claimed is there");
  return kept.result;
}

function hashOf(body: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(canonical(body)))
    .digest("hex");
}

/** The same body gives the same text, whatever the order its parts were written in. */
function canonical(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    parts.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, canonical(part)]),
  );
}
