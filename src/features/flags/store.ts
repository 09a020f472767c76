import { eq, sql } from "drizzle-orm";
import { featureFlags } from "@drizzle/schema/flags.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export async function findFlag(db: Queryable, key: string) {
  const [row] = await db.select().from(featureFlags).where(eq(featureFlags.key, key));
  return row ?? null;
}

export async function upsertFlag(
  db: Queryable,
  flag: { readonly key: string; readonly enabled: boolean; readonly updatedBy: string },
): Promise<void> {
  const change = { enabled: flag.enabled, updatedBy: flag.updatedBy, updatedAt: sql`app_now()` };
  await db
    .insert(featureFlags)
    .values(flag)
    .onConflictDoUpdate({ target: featureFlags.key, set: change });
}
