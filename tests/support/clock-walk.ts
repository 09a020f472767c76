import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Who is there from which instant on, on which plan (null: free). */
export type Walker = {
  readonly name: string;
  readonly from: string;
  readonly planId: string | null;
};

/** One question of one person at an instant of the product's clock. */
export type WalkStep = { readonly who: string; readonly at: string };

export type Walk = { readonly people: readonly Walker[]; readonly steps: readonly WalkStep[] };

const period = z.object({
  kind: z.string(),
  plan: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  limit: z.string(),
  used: z.string(),
  isClosed: z.boolean(),
});

/** What the books and the screens said; costs are those of one answer times their number. */
const walked = z.object({
  localNewYear: z.number(),
  dateAheadMs: z.number(),
  costMicroVnd: z.string(),
  shown: z.array(
    z.object({
      who: z.string(),
      at: z.string(),
      resetsAt: z.string(),
      used: z.string(),
      month: z.string(),
      monthQueries: z.number(),
      messagesToday: z.number(),
    }),
  ),
  periods: z.record(z.string(), z.array(period)),
  months: z.record(z.string(), z.record(z.string(), z.string())),
  days: z.record(z.string(), z.record(z.string(), z.number())),
  holdMinutes: z.array(z.number()),
  durations: z.object({ least: z.number() }),
});
export type Walked = z.output<typeof walked>;

/**
 * Walks in a process of its own with that environment (`TZ`, a shifted `Date`), on a database of
 * its own. @returns what it printed.
 */
export async function walkInProcess(
  walk: Walk,
  environment: Readonly<Record<string, string>>,
): Promise<Walked> {
  const child = spawn(
    process.execPath,
    [
      ...["--import", "tsx", "--import", "./tests/support/shift-date.ts"],
      "tests/support/clock-walk-main.ts",
    ],
    { cwd: root, env: { ...process.env, ...environment } },
  );
  child.stdin.end(JSON.stringify(walk));
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  if (exitCode !== 0) throw new Error(`the walk ended with ${exitCode ?? "a signal"}: ${errors}`);
  return walked.parse(JSON.parse(output));
}
