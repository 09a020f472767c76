import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { DomainError } from "@/domain/errors.ts";
import { crashPoint } from "@/server/crash-points.ts";
import type { Ctx } from "@/server/ctx.ts";
import { databaseErrorCode } from "@/server/db/database-errors.ts";
import {
  isConflict,
  isOutage,
  isUnreachable,
  patience,
  persist,
} from "@/server/db/retry-database.ts";
import { isAdmitted, reserveCall, type Claim, type ReserveParameters } from "./store.ts";

/** SQLSTATE of our guards: a balance moved between the plan and the reservation. */
const LOST_RACE = "PH001";

const TRIES_MAX = 6;

/** A lost answer is asked after at once; a conflict with others waits a little, each time longer. */
const CONFLICT_WAIT_MS = 15;

export type Admission =
  | { readonly kind: "admitted"; readonly reservationId: string; readonly providerCallId: string }
  | { readonly kind: "taken" | "lost_race" };

/**
 * Admits a call in one commit: the caller's claim, the guarded updates, the reservation, the record
 * of its first attempt. The ids are made here, so that a lost answer (a cut connection) is cleared
 * up by asking for them: the admission happens exactly once or not at all. Conflicts with other
 * transactions are repeated a few times.
 * @returns `lost_race` when a guard failed (nothing was written: plan again), `taken` when the
 * claim was somebody else's.
 * @throws DomainError `overloaded` when conflicts do not end; database errors unchanged. When the
 * database stays away after a lost answer, an admission it may have made ends with its hold.
 */
export async function admitCall(
  ctx: Ctx,
  claim: Claim | null,
  parameters: Omit<ReserveParameters, "reservationId" | "providerCallId">,
): Promise<Admission> {
  const ids = { reservationId: randomUUID(), providerCallId: randomUUID() };
  const admitted = { kind: "admitted", ...ids } as const;
  crashPoint("before_reserve");
  let isDoubtful = false;
  for (let tries = 1; ; tries += 1) {
    try {
      const row = await reserveCall(ctx.db, claim, { ...parameters, ...ids });
      if (row.outcome === "reserved") return admitted;
      // A repeat finds the id taken by the very admission whose answer was lost.
      return isDoubtful && (await isFound(ctx, ids.reservationId)) ? admitted : { kind: "taken" };
    } catch (error) {
      if (databaseErrorCode(error) === LOST_RACE) return { kind: "lost_race" };
      if (isUnreachable(error) && !isDoubtful) throw error;
      if (isOutage(error)) {
        isDoubtful = true;
        if (await isFound(ctx, ids.reservationId)) return admitted;
        if (tries >= TRIES_MAX) throw error;
      } else if (isConflict(error)) {
        if (tries >= TRIES_MAX) throw fought();
        await pause(CONFLICT_WAIT_MS * tries * (0.5 + Math.random()));
      } else {
        throw error;
      }
    }
  }
}

function isFound(ctx: Ctx, reservationId: string): Promise<boolean> {
  return persist(() => isAdmitted(ctx.db, reservationId), patience.short);
}

function fought(): DomainError {
  return new DomainError("overloaded", "the reservation met conflict after conflict", {
    retryAfterSeconds: 2,
  });
}
