import { abortAllTurns } from "@/features/chat/attach-reader.ts";
import { startWorkers, stopWorkers } from "@/features/jobs/start-workers.ts";
import { noteSocketAddresses } from "@/server/client-address.ts";
import { handleShutdown } from "@/server/drain.ts";
import { env } from "@/server/env.ts";

/**
 * The settings, the shutdown, the heartbeat and the job queue. Waits for nothing: without a
 * database the server answers its health doors and goes on trying.
 * @throws Error naming the wrong or missing settings.
 */
export function startServer(): void {
  env();
  noteSocketAddresses();
  handleShutdown({ abortTurns: abortAllTurns, stopWorkers });
  startWorkers();
}
