import { addJob } from "@/server/jobs/add-job.ts";
import type { Db } from "@/server/db/client.ts";
import {
  endProcesses,
  listOrphanedLockers,
  listOtherProcesses,
  unlockJobs,
  type OtherProcess,
  type ProcessIdentity,
} from "./store.ts";

/** Six heartbeats missed. */
export const SILENT_SECONDS = 30;

/** A lock whose owner never got to say its name, as it was killed in its first moment. */
const ORPHANED_SECONDS = 60;

export type BuryInput = {
  readonly self: ProcessIdentity;
  /**
   * False while this process has not itself reached the database long enough to tell a silent one
   * from an outage that silenced all.
   */
  readonly isSilenceTelling: boolean;
  /** Whether a process of this machine runs. */
  readonly isAlive: (processId: number) => boolean;
};

/**
 * Ends the processes that died without saying so: their locked jobs run again at once and their
 * turns are recovered. Of the same machine by the process table, of others by their silence.
 * Repeatable; of racing callers one does each. @returns how many were ended.
 */
export async function buryProcesses(db: Db, input: BuryInput): Promise<number> {
  const others = await listOtherProcesses(db, {
    id: input.self.id,
    silentSeconds: SILENT_SECONDS,
  });
  const dead = others.filter((other) => isDead(other, input)).map((other) => other.id);
  if (dead.length > 0) {
    await db.transaction(async (tx) => {
      await unlockJobs(tx, await endProcesses(tx, dead));
      await addJob(tx, { task: "recover-turns", key: "recover-turns" });
    });
  }
  const orphaned = await listOrphanedLockers(db, ORPHANED_SECONDS);
  if (orphaned.length > 0) await unlockJobs(db, orphaned);
  return dead.length;
}

/** A number that is ours now was given to us after its former owner was gone. */
function isDead(other: OtherProcess, input: BuryInput): boolean {
  if (other.isSilent && input.isSilenceTelling) return true;
  if (other.host !== input.self.host) return false;
  return other.processId === input.self.processId || !input.isAlive(other.processId);
}
