import { checkInvariants } from "@/features/ledger/check-invariants.ts";
import { invariants } from "@/features/ledger/invariants.ts";
import { openDatabase } from "./open-database.ts";

/** Prints every invariant with its word, and the rows of those that do not hold. @returns the exit code. */
async function main(): Promise<number> {
  const { db, description, close } = await openDatabase();
  try {
    const startedAt = performance.now();
    const violations = new Map((await checkInvariants(db)).map((found) => [found.id, found]));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    for (const { id, rule } of invariants) {
      const violation = violations.get(id);
      process.stdout.write(`${violation === undefined ? "ok      " : "VIOLATED"} ${id}: ${rule}\n`);
      for (const row of violation?.rows ?? []) {
        process.stdout.write(`           ${JSON.stringify(row)}\n`);
      }
    }
    const verdict =
      violations.size === 0
        ? "every invariant holds"
        : `${violations.size} of ${invariants.length} invariants are violated`;
    process.stdout.write(`${verdict} (${description}, ${seconds} s)\n`);
    return violations.size === 0 ? 0 : 1;
  } finally {
    await close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : "unknown failure"}\n`);
  return 2;
});
