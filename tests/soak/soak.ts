import { parseArgs } from "node:util";
import { z } from "zod";
import setup from "../support/global-setup.ts";
import { describeEstimate } from "../support/oracle.ts";
import { isClean, runSoak, type SoakOptions, type SoakReport } from "./run-soak.ts";
import type { Tally } from "./soak-user.ts";

/**
 * `npm run soak -- [--seed 7] [--minutes 5] [--users 30]`: a soak by the plan of its seed. Prints
 * what happened and every estimated row; the last line is the summary. Exit 1 on any difference.
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "7" },
    minutes: { type: "string", default: "5" },
    users: { type: "string", default: "30" },
  },
});
const { seed, minutes, users } = z
  .object({
    seed: z.coerce.number().int().min(0),
    minutes: z.coerce.number().positive(),
    users: z.coerce.number().int().min(1),
  })
  .parse(values);

const RHYTHM = [2_000, 7_000] as const;

const print = (line: string) => process.stdout.write(`${line}\n`);

const tearDown = await setup();
try {
  print(`soak: seed ${seed}, ${minutes} min, ${users} users, 2 processes`);
  print("the plan of actions is the seed's; when they meet is the machine's");
  const options = { seed, durationMs: minutes * 60_000, users, rhythm: RHYTHM };
  const report = await runSoak(options);
  printReport(options, report);
  if (!isClean(report)) process.exitCode = 1;
} finally {
  await tearDown();
}

function printReport(options: SoakOptions, report: SoakReport): void {
  const { oracle, violations, ends, blows, unrest } = report;
  print(`blows: ${listOf(blows)}`);
  print(`ends of requests: ${listOf(ends)}`);
  for (const row of oracle.estimated) print(`estimated: ${describeEstimate(row)}`);
  for (const fault of oracle.faults) print(`FAULT: ${fault}`);
  for (const violation of violations) {
    print(`VIOLATION ${violation.id}: ${violation.rule} ${JSON.stringify(violation.rows)}`);
  }
  if (unrest !== null) print(`UNREST: ${unrest}`);
  const kills = [...blows].reduce((sum, [name, n]) => sum + (name.startsWith("kill") ? n : 0), 0);
  print(
    `${isClean(report) ? "passed" : "FAILED"}: seed ${options.seed}, ${report.turns} turns, ${kills} kills; ` +
      `${oracle.received} calls at the provider = ${oracle.reported} rows equal to its bill + ` +
      `${oracle.estimated.length} estimated within one step or 5 %; ${oracle.neverReceived} marked and never received; ` +
      `${violations.length} invariants broken, ${oracle.faults.length} differences`,
  );
}

function listOf(tally: Tally): string {
  return [...tally]
    .sort(([, a], [, b]) => b - a)
    .map(([what, times]) => `${what} ${times}`)
    .join(", ");
}
