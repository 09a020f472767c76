import postgres from "postgres";
import type { TestDatabase } from "./test-database.ts";

const EVERY_MS = 5;

export type PeriodSamples = {
  readonly samples: number;
  /** The most that was ever used and reserved together, micro-VND. */
  readonly peakMicroVnd: bigint;
  /** Samples with more used and reserved than the limit. */
  readonly beyond: readonly postgres.Row[];
};

/** Looks at an organisation's period every 5 ms, on a connection of its own, until told to stop. */
export function samplePeriod(
  { url }: TestDatabase,
  orgId: string,
): { readonly stop: () => Promise<PeriodSamples> } {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const over = new AbortController();
  const beyond: postgres.Row[] = [];
  let samples = 0;
  let peakMicroVnd = 0n;
  const look = async () => {
    const rows = await sql`
      select used_micro_vnd, reserved_micro_vnd, limit_micro_vnd,
             (used_micro_vnd + reserved_micro_vnd)::text as taken,
             used_micro_vnd + reserved_micro_vnd > limit_micro_vnd as is_beyond
        from budget_periods where org_id = ${orgId}`;
    samples += rows.length;
    for (const row of rows) {
      const taken = BigInt(String(row["taken"]));
      if (taken > peakMicroVnd) peakMicroVnd = taken;
      if (row["is_beyond"] === true) beyond.push(row);
    }
  };
  const done = (async () => {
    while (!over.signal.aborted) {
      await look();
      await new Promise((resolve) => {
        setTimeout(resolve, EVERY_MS);
      });
    }
    await look();
    await sql.end();
  })();
  return {
    stop: async () => {
      over.abort();
      await done;
      return { samples, peakMicroVnd, beyond };
    },
  };
}
