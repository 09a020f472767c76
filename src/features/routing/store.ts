import { sql } from "drizzle-orm";
import { demandProfiles, outputProfiles, routingPolicies } from "@drizzle/schema/routing.ts";
import type { DemandProfile } from "@/domain/demand/demand-profile.ts";
import type { OutputProfile } from "@/domain/demand/output-profile.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

/** Two learners at once write the same; the later instant stays. */
export async function saveDemandProfile(
  db: Queryable,
  orgId: string,
  profile: DemandProfile,
): Promise<void> {
  const learnedAt = new Date(profile.learnedAtMs);
  const demand = { ...profile };
  await db
    .insert(demandProfiles)
    .values({ orgId, learnedAt, demand })
    .onConflictDoUpdate({
      target: demandProfiles.orgId,
      set: { learnedAt, demand },
      setWhere: sql`${demandProfiles.learnedAt} <= excluded.learned_at`,
    });
}

export async function saveOutputProfile(
  db: Queryable,
  owner: { readonly orgId: string; readonly userId: string },
  profile: OutputProfile,
): Promise<void> {
  const learnedAt = new Date(profile.learnedAtMs);
  const factors = { ...profile };
  await db
    .insert(outputProfiles)
    .values({ ...owner, learnedAt, factors })
    .onConflictDoUpdate({
      target: [outputProfiles.orgId, outputProfiles.userId],
      set: { learnedAt, factors },
      setWhere: sql`${outputProfiles.learnedAt} <= excluded.learned_at`,
    });
}

/** All versions of the engine's parameters, oldest first. */
export async function listPolicies(db: Queryable) {
  return db.select().from(routingPolicies).orderBy(routingPolicies.activeFrom);
}

export async function insertPolicy(
  db: Queryable,
  row: typeof routingPolicies.$inferInsert,
): Promise<void> {
  await db.insert(routingPolicies).values(row);
}

/** The product's clock, to the millisecond. */
export async function readNow(db: Queryable): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(
    sql`select date_trunc('milliseconds', app_now()) as now`,
  );
  if (row === undefined) throw new Error("no clock");
  return new Date(row.now);
}
