import type { Db } from "@/server/db/client.ts";
import { EVER, invariants, LATELY } from "./invariants.ts";
import { readViolations, type Violation } from "./store-invariants.ts";

export type { Violation } from "./store-invariants.ts";

export type CheckOptions = {
  /**
   * "lately": history older than a day is left out where looking at all of it each minute costs too
   * much; counters and open holds are always checked against all of their rows.
   */
  readonly scope: "ever" | "lately";
};

/**
 * Asks every invariant, all on one snapshot, so that both sides of a sum are of one moment. Changes
 * nothing: a violation is for a person to look into.
 * @returns the rules broken, each with at most 20 of the rows that break it; [] when all hold.
 */
export async function checkInvariants(
  db: Db,
  { scope }: CheckOptions = { scope: "ever" },
): Promise<readonly Violation[]> {
  const since = scope === "ever" ? EVER : LATELY;
  return readViolations(
    db,
    invariants.map(({ id, rule, sql }) => ({ id, rule, statement: sql(since) })),
  );
}
