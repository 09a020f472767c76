import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readyDoor } from "@/api/doors/health.ts";
import { buryProcesses } from "@/features/jobs/bury-processes.ts";
import { keepAlive, thisProcess } from "@/features/jobs/keep-alive.ts";
import { runJobs } from "@/features/jobs/run-job-now.ts";
import { startWorkers, type Workers } from "@/features/jobs/start-workers.ts";
import { testSettings } from "../support/identity-rig.ts";
import { startDatabaseProxy } from "../support/database-proxy.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { until } from "../support/until.ts";

let database: TestDatabase;
const children: ChildProcess[] = [];
const started: Workers[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  testSettings(database.url);
});

afterEach(async () => {
  for (const workers of started.splice(0)) await workers.stop();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await database.sql`truncate app_processes`;
  await database.sql`delete from graphile_worker._private_jobs`;
});

afterAll(async () => {
  await database.drop();
});

/** Another process with workers; resolves when it works on a job. */
async function startOtherProcess(): Promise<ChildProcess> {
  const args = ["--import", "tsx", "tests/support/worker-main.ts"];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, DATABASE_URL: database.url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

const addJob = (task: string) =>
  database.sql`select graphile_worker.add_job(${task}, '{}'::json, job_key := ${task})`;

function work(tasks: Record<string, () => Promise<unknown>>, connectionString = database.url) {
  const workers = startWorkers({ connectionString, tasks, isScheduling: false });
  started.push(workers);
  return workers;
}

const processes = () => database.sql`select id, ended_at, worker_ids from app_processes`;
const lockers = () =>
  database.sql`select task_identifier, locked_by from graphile_worker.jobs where locked_by is not null`;

const bury = (more: { isSilenceTelling?: boolean; isAlive?: () => boolean } = {}) =>
  buryProcesses(database.db, {
    self: thisProcess(),
    isSilenceTelling: false,
    isAlive: () => true,
    ...more,
  });

/** A process that was here and locks a job. */
async function leaveProcess(process: {
  readonly host: string;
  readonly processId: number;
  readonly silentSeconds?: number;
}): Promise<string> {
  const id = randomUUID();
  await database.sql`insert into app_processes (id, host, process_id, worker_ids, heartbeat_at)
    values (${id}, ${process.host}, ${process.processId}, ${[`pool-${id}`]},
            clock_timestamp() - make_interval(secs => ${process.silentSeconds ?? 0}))`;
  await addJob("slow");
  await database.sql`update graphile_worker._private_jobs set locked_by = ${`pool-${id}`}, locked_at = now()`;
  return id;
}

describe("a worker that dies", () => {
  it("killed with -9 in the middle of a job, another does the job again at once", async () => {
    await addJob("slow");
    const child = await startOtherProcess();
    await until(async () => (await processes()).some((row) => row["worker_ids"].length > 0));
    const [lock] = await lockers();
    child.kill("SIGKILL");
    await once(child, "exit");

    let isDone = false;
    work({ "recover-turns": () => Promise.resolve(), slow: async () => void (isDone = true) });
    await until(() => isDone);
    expect(lock?.["task_identifier"]).toBe("slow");
    const dead = await processes();
    expect(dead.filter((row) => row["ended_at"] !== null)).toHaveLength(1);
  });

  it("on another machine is found by its silence, once a living one can tell it from an outage", async () => {
    const id = await leaveProcess({ host: "elsewhere", processId: 4, silentSeconds: 31 });
    expect(await bury()).toBe(0);
    expect(await lockers()).toHaveLength(1);
    expect(await bury({ isSilenceTelling: true })).toBe(1);
    expect(await lockers()).toHaveLength(0);
    expect(await processes()).toMatchObject([{ id, ended_at: expect.any(Date) }]);
    const [job] = await database.sql`
      select 1 from graphile_worker.jobs where task_identifier = 'recover-turns'`;
    expect(job).toBeDefined();
  });

  it("a living one is left alone, also one of another machine that has our number", async () => {
    await leaveProcess({ host: "elsewhere", processId: process.pid });
    await leaveProcess({ host: thisProcess().host, processId: 4 });
    expect(await bury({ isSilenceTelling: true })).toBe(0);
    expect(await lockers()).toHaveLength(2);
  });

  it("here is found by the process table, also when its number is ours by now", async () => {
    await leaveProcess({ host: thisProcess().host, processId: 4 });
    await leaveProcess({ host: thisProcess().host, processId: process.pid });
    expect(await bury()).toBe(1);
    expect(await bury({ isAlive: () => false })).toBe(1);
    expect(await lockers()).toHaveLength(0);
  });

  it("of many that find it, one ends it", async () => {
    await leaveProcess({ host: "elsewhere", processId: 4, silentSeconds: 31 });
    await Promise.all(Array.from({ length: 8 }, () => bury({ isSilenceTelling: true })));
    const jobs = await database.sql`
      select attempts from graphile_worker.jobs where task_identifier = 'recover-turns'`;
    expect(jobs).toHaveLength(1);
  });

  it("before it could say its name, its jobs are freed after a minute", async () => {
    await addJob("slow");
    await database.sql`update graphile_worker._private_jobs
      set locked_by = 'nobody', locked_at = now() - interval '61 seconds'`;
    await bury();
    expect(await lockers()).toHaveLength(0);
  });
});

describe("the heartbeat", () => {
  it("survives an outage of the database and takes back that it was given up", async () => {
    const line = await startDatabaseProxy();
    const workers = work({}, line.url(database.url));
    await until(async () => (await processes())[0]?.["worker_ids"].length > 0);
    await line.cut();
    await database.sql`update app_processes set ended_at = clock_timestamp()`;
    await line.mend();
    await until(async () => (await processes())[0]?.["ended_at"] === null, 15_000);
    await workers.stop();
    started.splice(0);
    expect(await processes()).toMatchObject([{ ended_at: expect.any(Date) }]);
    await line.close();
  });

  it("says at the end that it ended, also when nobody listens", async () => {
    const beat = keepAlive(database.db, () => ["a pool"]);
    await until(async () => (await processes()).length === 1);
    await beat.stop();
    expect(await processes()).toMatchObject([{ ended_at: expect.any(Date) }]);
  });
});

describe("the queue", () => {
  it("survives a database that is away when a job ends, and does that job again", async () => {
    const line = await startDatabaseProxy();
    let runs = 0;
    let finish: () => void = () => undefined;
    const slow = () =>
      new Promise<void>((resolve) => {
        runs += 1;
        finish = resolve;
      });
    work({ slow }, line.url(database.url));
    await addJob("slow");
    await until(() => runs === 1);
    await line.cut();
    finish();
    await until(async () => (await lockers()).length === 1);
    await line.mend();
    await until(() => runs === 2, 20_000);
    finish();
    const jobs = () =>
      database.sql`select 1 from graphile_worker.jobs where task_identifier = 'slow'`;
    await until(async () => (await jobs()).length === 0);
    await line.close();
  });

  it("tells ops of a job that failed for good, and takes it back when one succeeds", async () => {
    let isBroken = true;
    const breaking = async () => {
      if (isBroken) throw new Error("the task is broken");
    };
    await database.sql`select graphile_worker.add_job('slow', '{}'::json, max_attempts := 1)`;
    work({ slow: breaking });
    const alerts = () => database.sql`
      select resolved_at from ops_alerts where dedupe_key = 'job_dead:slow'`;
    await until(async () => (await alerts()).length === 1);
    expect(await alerts()).toEqual([{ resolved_at: null }]);
    isBroken = false;
    await addJob("slow");
    await until(async () => (await alerts())[0]?.["resolved_at"] !== null);
  });

  it("runs what was added in a transaction only if that was committed", async () => {
    const done: string[] = [];
    const tasks = { slow: async () => void done.push("slow") };
    await database.sql
      .begin(async (tx) => {
        await tx`select graphile_worker.add_job('slow', '{}'::json)`;
        throw new Error("undone");
      })
      .catch(() => undefined);
    await runJobs({ connectionString: database.url, tasks });
    expect(done).toEqual([]);
    await addJob("slow");
    await runJobs({ connectionString: database.url, tasks });
    expect(done).toEqual(["slow"]);
  });
});

describe("GET /api/health/ready", () => {
  const read = async () => {
    const response = await readyDoor(database.db);
    const { status, checks } = (await response.json()) as {
      status: string;
      checks: { worker: string; lastSweepSeconds: number | null; oldestDueSeconds: number | null };
    };
    return { code: response.status, status, ...checks };
  };

  it("is degraded, and still 200, without workers or with jobs that wait", async () => {
    expect(await read()).toMatchObject({ code: 200, status: "degraded", worker: "absent" });
    work({});
    await until(async () => (await read()).worker === "running");
    expect(await read()).toMatchObject({ code: 200, status: "ready" });
    await database.sql`select graphile_worker.add_job('unknown', '{}'::json,
      run_at := now() - interval '5 minutes')`;
    expect(await read()).toMatchObject({ code: 200, status: "degraded" });
    expect((await read()).oldestDueSeconds).toBeGreaterThanOrEqual(299);
  });

  it("says how long ago holds were swept", async () => {
    await database.sql`insert into graphile_worker._private_known_crontabs
      values ('expire-reservations', now() - interval '1 day', now() - interval '10 minutes')`;
    expect((await read()).lastSweepSeconds).toBeGreaterThanOrEqual(599);
    await database.sql`delete from graphile_worker._private_known_crontabs`;
  });
});
