import type postgres from "postgres";
import { closeDb, makeDb } from "@/server/db/client.ts";
import { checkInvariants } from "@/features/ledger/check-invariants.ts";

/**
 * The contradictions in the books of a database, one sentence each; [] when every invariant holds.
 * On a connection of its own: drizzle changes how the client it is given reads dates.
 */
export async function contradictions(sql: postgres.Sql): Promise<string[]> {
  const { host, port, user, pass, database } = sql.options;
  const password = typeof pass === "string" ? `:${encodeURIComponent(pass)}` : "";
  return contradictionsAt(
    `postgres://${encodeURIComponent(user)}${password}@${host[0] ?? ""}:${port[0] ?? ""}/${database}`,
  );
}

/** The same of the database at that address. */
export async function contradictionsAt(url: string): Promise<string[]> {
  const db = makeDb(url, { max: 1 });
  try {
    const violations = await checkInvariants(db);
    return violations.flatMap(({ id, rule, rows }) =>
      rows.map((row) => `${id}: ${rule} ${JSON.stringify(row)}`),
    );
  } finally {
    await closeDb(db);
  }
}
