import { startWorkers } from "@/features/jobs/start-workers.ts";

/** A process with workers, to be killed: the job `slow` says that it began, and never ends. */
startWorkers({
  connectionString: process.env["DATABASE_URL"] ?? "",
  isScheduling: false,
  tasks: {
    "recover-turns": async () => undefined,
    slow: async () => {
      process.stdout.write("working\n");
      await new Promise<never>(() => undefined);
    },
  },
});
setInterval(() => undefined, 60_000);
