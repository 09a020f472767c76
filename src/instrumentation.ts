/**
 * Runs once when the server starts: a wrong setting stops it here, not at the first request. Next
 * compiles this file for its edge runtime as well, where nothing of ours runs; the comparison is
 * replaced at build time, so that build leaves the import out.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  // Where a build runs this, nothing is served and there is no database.
  if (process.env["NEXT_PHASE"] === "phase-production-build") return;
  const { startServer } = await import("./instrumentation-node.ts");
  startServer();
}
