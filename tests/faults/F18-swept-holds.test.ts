import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recoverTurns } from "@/features/chat/recover-turns.ts";
import { runJobs } from "@/features/jobs/run-job-now.ts";
import { startWorkers } from "@/features/jobs/start-workers.ts";
import { expireReservations } from "@/features/ledger/expire-reservations.ts";
import { leaveDeadProcess, leaveHold } from "../factories/holds.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { setClock } from "../support/test-database.ts";
import { until } from "../support/until.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
});

beforeEach(async () => {
  await setClock(app.database.sql, null);
  await app.database.sql`delete from graphile_worker._private_jobs`;
  person = await makeCustomer(app.database);
  await readAnswer(await chat(person, {}));
});

afterAll(async () => {
  await app.stop();
});

/** Holds of every kind a crash leaves: with and without a turn, sent and not sent. */
async function leaveHolds(count: number): Promise<void> {
  const deadProcessId = await leaveDeadProcess(app.database);
  for (let index = 0; index < count; index += 1) {
    await leaveHold(app.database, person, {
      isDispatched: index % 2 === 0,
      ...(index % 4 < 2 ? { deadProcessId } : {}),
    });
  }
}

/** How the person's holds stand, but for the one of the first answer. */
async function states(): Promise<Record<string, number>> {
  const rows = await app.database.sql`
    select state, count(*)::int as count from reservations
     where user_id = ${person.userId} and hold_micro_vnd = 1000000 group by 1`;
  return Object.fromEntries(rows.map((row) => [String(row["state"]), Number(row["count"])]));
}

const logCount = async () =>
  (
    await app.database.sql`
      select 1 from usage_logs where user_id = ${person.userId} and source = 'estimated' and kind = 'usage'`
  ).length;

const addSweeps = () => app.database.sql`
  select graphile_worker.add_job(task, '{}'::json, job_key := task)
    from unnest(array['recover-turns', 'expire-reservations']) task`;

/** A sweeper in a process of its own that is killed when it comes to its `hit`-th hold. */
async function sweepAndDie(hit: number): Promise<string | null> {
  const preloads = ["--import", "tsx", "--import", "./tests/support/crash-preload.ts"];
  const child = spawn(process.execPath, [...preloads, "tests/support/sweeper-main.ts"], {
    env: { ...process.env, PHO_CRASH_AT: `in_sweep:${hit}` },
    stdio: "inherit",
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal;
}

describe("F18: the sweeper is killed, doubled, or off for a day", () => {
  it("killed in the middle, the next one does the rest and nothing twice", async () => {
    await leaveHolds(12);
    await addSweeps();
    expect(await sweepAndDie(4)).toBe("SIGKILL");
    const open = (await states())["held"] ?? 0;
    expect(open).toBeGreaterThan(0);
    expect(open).toBeLessThan(12);
    const workers = startWorkers({ connectionString: app.database.url, isScheduling: false });
    await addSweeps();
    await until(async () => ((await states())["held"] ?? 0) === 0);
    await workers.stop();
    expect(await states()).toEqual({ settled: 6, expired: 6 });
    expect(await logCount()).toBe(6);
    expect(await contradictions(app.database.sql)).toEqual([]);
  });

  it("many at once close each hold once", async () => {
    await leaveHolds(12);
    const { db } = app.database;
    const runs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const [{ recovered }, { expired }] = await Promise.all([
          recoverTurns(db),
          expireReservations(db),
        ]);
        return { recovered, expired };
      }),
    );
    expect(await states()).toEqual({ settled: 6, expired: 6 });
    expect(await logCount()).toBe(6);
    expect(runs.reduce((sum, run) => sum + run.recovered, 0)).toBeGreaterThanOrEqual(6);
    expect(await contradictions(app.database.sql)).toEqual([]);
    expect(await recoverTurns(db)).toEqual({ recovered: 0 });
    expect(await expireReservations(db)).toEqual({ expired: 0 });
  });

  it("off for a day, the backlog is drained at the start and booked on the day it was admitted", async () => {
    await leaveHolds(12);
    const [before] = await app.database.sql`
      select day, used_micro_vnd from daily_counters where subject_id = ${person.orgId}`;
    await setClock(app.database.sql, new Date(Date.now() + 24 * 3600 * 1000));
    expect(await contradictions(app.database.sql)).toHaveLength(12);
    await addSweeps();
    await runJobs({ connectionString: app.database.url });
    expect(await states()).toEqual({ settled: 6, expired: 6 });
    expect(await contradictions(app.database.sql)).toEqual([]);
    const after = await app.database.sql`
      select day, used_micro_vnd from daily_counters where subject_id = ${person.orgId}`;
    expect(after).toHaveLength(1);
    expect(after[0]?.["day"]).toEqual(before?.["day"]);
    expect(BigInt(String(after[0]?.["used_micro_vnd"]))).toBeGreaterThan(
      BigInt(String(before?.["used_micro_vnd"])),
    );
  });
});
