import { runJobs } from "@/features/jobs/run-job-now.ts";

/** Runs the jobs that are due with the product's tasks, and ends; the fault rig's preload may kill it. */
await runJobs({ connectionString: process.env["DATABASE_URL"] ?? "" });
process.exit(0);
