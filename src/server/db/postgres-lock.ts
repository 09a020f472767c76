import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runAs } from "./postgres-binaries.ts";

/** `postmaster.pid`, by which PostgreSQL keeps a second server off its data. */
export type ServerLock = { readonly processId: number; readonly port?: number };

/**
 * Larger than any process id a system hands out (Linux: at most 2^22), and still one PostgreSQL
 * accepts as a number.
 */
const nobodysProcessId = 2_147_483_647;

/** @returns null when no server claims the folder; no port while it has only begun to start. */
export async function readServerLock(clusterDir: string): Promise<ServerLock | null> {
  const text = await readFile(join(clusterDir, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const processId = Number(lines[0]);
  if (!Number.isInteger(processId) || processId <= 0) return null;
  const port = Number(lines[3]);
  return Number.isInteger(port) && port > 0 ? { processId, port } : { processId };
}

/** Whether the process exists, whoever owns it. */
export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * PostgreSQL believes a lock whose process id exists, although after a crash or reboot that id may
 * have gone to another program (usual in containers, where ids are small). When it provably has,
 * the lock gets an id that nobody has. The rest of the file stays: by the memory it names,
 * PostgreSQL still finds out whether children of the old server live.
 */
export async function disownStaleLock(clusterDir: string): Promise<void> {
  const lock = await readServerLock(clusterDir);
  if (lock === null || !isAlive(lock.processId)) return;
  const command = await commandLineOf(lock.processId);
  if (command === null || (command.includes("postgres") && command.includes(clusterDir))) return;
  const file = join(clusterDir, "postmaster.pid");
  const [, ...rest] = (await readFile(file, "utf8").catch(() => "")).split("\n");
  // "r+" keeps owner and mode, and never brings back a file that was removed meanwhile.
  await writeFile(file, [nobodysProcessId, ...rest].join("\n"), { flag: "r+" }).catch(
    () => undefined,
  );
}

/**
 * @returns null when it cannot be told; a dead process that nobody has collected yet has an empty
 * one.
 */
async function commandLineOf(processId: number): Promise<string | null> {
  if (process.platform === "linux") {
    return readFile(`/proc/${processId}/cmdline`, "utf8").then(
      (text) => text.replaceAll("\0", " "),
      () => null,
    );
  }
  const listed = await runAs({ ids: null, wrapper: [] }, "ps", [
    "-o",
    "command=",
    "-p",
    String(processId),
  ]);
  return listed.exitCode === 0 ? listed.output : null;
}
