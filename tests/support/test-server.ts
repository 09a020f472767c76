import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "@/server/db/embedded-postgres.ts";
import { isAlive, readServerLock } from "@/server/db/postgres-lock.ts";

const prefix = "pho-test-";

/** For speed: what a test server loses at a crash, nobody misses. */
const fast = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "300",
};

export type TestServer = EmbeddedPostgres & { readonly dataDir: string };

/**
 * Starts a server of its own in a temporary folder named after this process. @param settings `{}`:
 * as in production.
 */
export async function startTestServer(
  settings: Readonly<Record<string, string>> = fast,
): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  const server = await startEmbeddedPostgres({ dataDir, settings });
  // Teardown does not run when the runner is ended in a hurry; at this point only a signal can
  // still be sent.
  const quit = () => isAlive(server.processId) && process.kill(server.processId, "SIGQUIT");
  process.once("exit", quit);
  return {
    ...server,
    dataDir,
    stop: async () => {
      process.off("exit", quit);
      await server.stop({ isForced: true });
      await rm(dataDir, { recursive: true, force: true });
      return true;
    },
  };
}

/** Ends and removes what test runs left that were killed. */
export async function removeAbandonedServers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = Number(/^pho-test-(\d+)-/.exec(name)?.[1]);
    if (Number.isNaN(owner) || isAlive(owner)) continue;
    const dataDir = join(tmpdir(), name);
    const lock = await readServerLock(join(dataDir, "postgres"));
    if (lock !== null && isAlive(lock.processId)) process.kill(lock.processId, "SIGQUIT");
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}
