import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Db } from "@/server/db/client.ts";
import { log } from "@/server/log.ts";
import { processId } from "@/server/process-id.ts";
import { buryProcesses, SILENT_SECONDS } from "./bury-processes.ts";
import { endProcesses, recordHeartbeat, unlockJobs, type ProcessIdentity } from "./store.ts";

export const HEARTBEAT_MS = 5_000;

/** Until the queue's name is told: after a kill, a job it locked before would wait a minute. */
const UNNAMED_MS = 250;

/** A statement that hangs longer counts as a heartbeat missed; the line may be dead. */
const PATIENCE_MS = 10_000;

export type Heartbeat = {
  /** Ends it and says that this process has ended. Never throws. */
  readonly stop: () => Promise<void>;
};

/**
 * Says every 5 s that this process lives and looks whether others do. Outlives any outage of the
 * database: a missed heartbeat is logged and the next one tries again.
 */
export function keepAlive(db: Db, workerIds: () => readonly string[]): Heartbeat {
  const self = thisProcess();
  let steadySince: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  let toldNames: readonly string[] = [];

  const beat = async () => {
    try {
      const names = workerIds();
      await withPatience(recordHeartbeat(db, { ...self, workerIds: names }));
      toldNames = names;
      if (steadySince === null) log().info("heartbeat: the database is reached");
      steadySince ??= performance.now();
      const isSilenceTelling = performance.now() - steadySince > SILENT_SECONDS * 1000;
      const buried = await withPatience(buryProcesses(db, { self, isSilenceTelling, isAlive }));
      if (buried > 0) log().warn({ buried }, "ended processes that died");
    } catch (error) {
      if (steadySince !== null) log().warn({ err: error }, "heartbeat: the database is away");
      steadySince = null;
    }
  };
  const rounds = async () => {
    await beat();
    if (isStopped) return;
    const isUnnamed = steadySince !== null && (toldNames.length === 0 || toldNames !== workerIds());
    timer = setTimeout(
      () => {
        running = rounds();
      },
      isUnnamed ? UNNAMED_MS : HEARTBEAT_MS,
    );
    timer.unref();
  };
  let running = rounds();

  return {
    stop: async () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
      try {
        const workerIds = await withPatience(endProcesses(db, [self.id]));
        // What is still at work here is done again elsewhere rather than waited for.
        await withPatience(unlockJobs(db, workerIds));
      } catch (error) {
        log().warn({ err: error }, "could not say that this process ends; others will find out");
      }
    },
  };
}

/** The machine since its start, and its process namespace: only within one do process numbers compare. */
export function thisProcess(): ProcessIdentity {
  const parts = [
    hostname(),
    tryRead(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    tryRead(() => readlinkSync("/proc/self/ns/pid")),
  ];
  return { id: processId(), host: parts.join("/"), processId: process.pid };
}

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

function isAlive(other: number): boolean {
  try {
    process.kill(other, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function withPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the database did not answer")), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
