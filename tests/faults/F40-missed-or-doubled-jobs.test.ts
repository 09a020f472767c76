import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { tasks } from "@/features/jobs/tasks.ts";
import { rhythms } from "@/features/jobs/schedule.ts";
import { runJobs } from "@/features/jobs/run-job-now.ts";
import { startWorkers, type Workers } from "@/features/jobs/start-workers.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { createUser } from "@/features/orgs/create-user.ts";
import { leaveDeadProcess, leaveHold } from "../factories/holds.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { openMailbox, type Mailbox } from "../support/identity-rig.ts";
import { readAnswer } from "../support/read-answer.ts";
import { setClock } from "../support/test-database.ts";
import { until } from "../support/until.ts";

let app: AppUnderTest;
let mailbox: Mailbox;
let person: Person;
const started: Workers[] = [];

/** Asks the internet, which tests have none of; its own tests serve it answers. */
const FOREIGN = "fetch-exchange-rate";
const own = Object.fromEntries(Object.entries(tasks).filter(([name]) => name !== FOREIGN));

beforeAll(async () => {
  mailbox = await openMailbox();
  app = await startApp({ settings: { SMTP_URL: mailbox.url } });
  await createUser(app.database.db, {
    ...{ email: "ops@pho.example", role: "ops", name: "An", password: "mật khẩu rất dài" },
    ...{ isVerified: true, actor: "test", requestId: "test" },
  });
});

beforeEach(async () => {
  const { sql } = app.database;
  await setClock(sql, null);
  for (const table of ["jobs", "known_crontabs"]) {
    await sql.unsafe(`delete from graphile_worker._private_${table}`);
  }
  person = await makeCustomer(app.database);
  await readAnswer(await chat(person, {}));
});

afterAll(async () => {
  for (const workers of started.splice(0)) await workers.stop();
  await mailbox.close();
  await app.stop();
});

/** Something to do for every job. */
async function leaveWork(): Promise<void> {
  const { sql, db } = app.database;
  const deadProcessId = await leaveDeadProcess(app.database);
  await leaveHold(app.database, person, { isDispatched: true, deadProcessId });
  await leaveHold(app.database, person, { isDispatched: true });
  await leaveHold(app.database, person, { isDispatched: false });
  await sql`update models set enabled = true where id = 'openai/gpt-5.4-mini'`;
  await raiseOpsAlert(db, {
    ...{ kind: "usage_absurd", dedupeKey: `usage_absurd:${person.userId}`, payload: {} },
  });
}

/** Each once more, deliveries also of what was delivered. */
async function addAll(): Promise<void> {
  const { sql } = app.database;
  await sql`select graphile_worker.add_job(task, '{}'::json) from unnest(${Object.keys(own)}::text[]) task`;
  await sql`select graphile_worker.add_job('deliver-outbox', json_build_object('outboxId', id)) from outbox`;
}

const run = () => runJobs({ connectionString: app.database.url, tasks: own });

/** All that jobs may change, but how often and when somebody looked. */
async function world(): Promise<unknown> {
  const { sql } = app.database;
  return {
    periods: await sql`select * from budget_periods order by id`,
    members: await sql`select * from org_members order by org_id, user_id`,
    days: await sql`select * from daily_counters order by scope, subject_id, day`,
    holds: await sql`select id, state, closed_at from reservations order by id`,
    logs: await sql`select id, cost_micro_vnd from usage_logs order by id`,
    turns: await sql`select id, state, recovered_at from turns order by id`,
    messages: await sql`select id, state, parts from messages order by id`,
    alerts: await sql`select dedupe_key, resolved_at from ops_alerts order by 1`,
    outbox: await sql`select id, attempts, delivered_at, dead_at from outbox order by id`,
    approvals: await sql`select id, state from approvals order by id`,
    limits: await sql`select * from limit_changes order by id`,
    audits: await sql`select id from audit_log order by id`,
    mails: mailbox.messages.length,
  };
}

const deliveredCount = async () =>
  (await app.database.sql`select 1 from outbox where delivered_at is not null`).length;

const heldCount = async () =>
  (await app.database.sql`select 1 from reservations where state = 'held'`).length;

describe("F40: a job is missed, late, or run twice", () => {
  it("a second run of every job changes nothing, nor do many at once", async () => {
    await leaveWork();
    await addAll();
    await run();
    expect(await heldCount()).toBe(0);
    const before = await world();
    await addAll();
    await run();
    expect(await world()).toEqual(before);
    for (let copy = 0; copy < 3; copy += 1) await addAll();
    await Promise.all([run(), run(), run()]);
    expect(await world()).toEqual(before);
    expect(await contradictions(app.database.sql)).toEqual([]);
  });

  it("first run by many at once, the work is done once", async () => {
    const mailsBefore = mailbox.messages.length;
    const deliveredBefore = await deliveredCount();
    await leaveWork();
    for (let copy = 0; copy < 3; copy += 1) await addAll();
    await Promise.all([run(), run(), run()]);
    expect(await heldCount()).toBe(0);
    const estimated = await app.database.sql`
      select 1 from usage_logs where user_id = ${person.userId} and source = 'estimated' and kind = 'usage'`;
    expect(estimated).toHaveLength(2);
    // One mail for each notice: the one that was left, and what the jobs saw before others had mended it.
    const delivered = (await deliveredCount()) - deliveredBefore;
    expect(delivered).toBeGreaterThanOrEqual(1);
    expect(mailbox.messages.length - mailsBefore).toBe(delivered);
    expect(await contradictions(app.database.sql)).toEqual([]);
  });

  it("not run for two months, people are served all the same and the next run catches up", async () => {
    await leaveWork();
    await setClock(app.database.sql, new Date(Date.now() + 62 * 24 * 3600 * 1000));
    expect((await readAnswer(await chat(person, {}))).isDone).toBe(true);
    expect(await heldCount()).toBe(3);
    await addAll();
    await run();
    expect(await heldCount()).toBe(0);
    const open = await app.database.sql`
      select id from budget_periods where org_id = ${person.orgId} and closed_at is null and ends_at <= app_now()`;
    expect(open).toEqual([]);
    expect(await contradictions(app.database.sql)).toEqual([]);
  });

  it("missed while nothing ran, a daily job is made up for once by whoever starts", async () => {
    const { sql, url } = app.database;
    let runs = 0;
    const counted = { "refresh-catalogue": async () => void (runs += 1) };
    await sql`insert into graphile_worker._private_known_crontabs
      values ('refresh-catalogue', now() - interval '9 days', now() - interval '2 days')`;
    for (let index = 0; index < 2; index += 1) {
      started.push(startWorkers({ connectionString: url, tasks: counted }));
    }
    await until(() => runs > 0);
    for (const workers of started.splice(0)) await workers.stop();
    expect(runs).toBe(1);
    const [left] = await sql`select count(*)::int as count from graphile_worker.jobs
      where task_identifier = 'refresh-catalogue'`;
    expect(left).toEqual({ count: 0 });
  });

  it("every task has its rhythm, and every rhythm its task", () => {
    const names = Object.keys(tasks).sort();
    expect([...new Set(rhythms.map(({ task }) => task))].sort()).toEqual(names);
  });
});
