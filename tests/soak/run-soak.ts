import { setTimeout as pause } from "node:timers/promises";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { checkInvariants, type Violation } from "@/features/ledger/check-invariants.ts";
import { makeCustomer } from "../factories/people.ts";
import { startFaultRig, type FaultRig } from "../support/fault-rig.ts";
import { consultOracle, type OracleReport } from "../support/oracle.ts";
import { untilQuiet } from "../support/quiescence.ts";
import { dealBlows, keepRunning } from "./soak-blows.ts";
import { randomOf, type Rhythm } from "./soak-plan.ts";
import { runUser, type Tally } from "./soak-user.ts";

export type SoakOptions = {
  readonly seed: number;
  readonly durationMs: number;
  readonly users: number;
  readonly rhythm: Rhythm;
};

export type SoakReport = {
  readonly turns: number;
  /** What the users met, and what befell the system. */
  readonly ends: Tally;
  readonly blows: Tally;
  readonly violations: readonly Violation[];
  readonly oracle: OracleReport;
  /** Set when something was still running or held long after the end. */
  readonly unrest: string | null;
};

/** Everything that is held or runs must be over by then: the sweep comes every minute. */
const QUIET_MS = 180_000;

/**
 * Users ask two instances of the product for so long, while instances are killed, lines break and
 * the provider misbehaves, all by the seed's plan. Then, at rest: invariants and oracle.
 */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const rig = await startFaultRig({ processes: 2, hasWorkers: true });
  try {
    const ends: Tally = new Map();
    const blows: Tally = new Map();
    const over = new AbortController();
    const stopped = new AbortController();
    const running = keepRunning(rig, stopped.signal);
    const users = await makeUsers(rig, options);
    const work = Promise.all([
      dealBlows(rig, {
        random: randomOf(options.seed, "blows"),
        rhythm: options.rhythm,
        tally: blows,
        over: over.signal,
      }),
      ...users.map((person, index) =>
        runUser({
          ...{ rig, person, tally: ends, over: over.signal },
          random: randomOf(options.seed, `user ${index}`),
        }),
      ),
    ]);
    await Promise.race([pause(options.durationMs), work]);
    over.abort();
    await work;
    await Promise.all([rig.databaseLine.mend(), rig.providerLine.mend()]);
    rig.simulator.release();
    const report = await judge(rig);
    stopped.abort();
    await running;
    return { ...report, ends, blows };
  } finally {
    await rig.stop();
  }
}

function makeUsers(rig: FaultRig, { users }: SoakOptions) {
  return Promise.all(
    Array.from({ length: users }, (_, index) =>
      makeCustomer(rig.database, {
        locale: "en",
        // Some run out of money on the way.
        budgetMicroVnd: vndToMicroVnd(index % 5 === 0 ? 300n : 500_000n),
      }),
    ),
  );
}

async function judge(rig: FaultRig) {
  const { database, simulator } = rig;
  const unrest = await untilQuiet(database.sql, QUIET_MS).then(
    () => null,
    (error: unknown) => String(error),
  );
  const [row] = await database.sql`select count(*)::int as turns from turns`;
  return {
    turns: Number(row?.["turns"]),
    violations: await checkInvariants(database.db),
    oracle: await consultOracle(database.sql, simulator.everyCall),
    unrest,
  };
}

export function isClean({ violations, oracle, unrest }: SoakReport): boolean {
  return violations.length === 0 && oracle.faults.length === 0 && unrest === null;
}
