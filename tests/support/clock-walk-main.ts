import { json } from "node:stream/consumers";
import { rollPeriods } from "@/features/budgets/roll-periods.ts";
import { usageSummaryView } from "@/features/budgets/schema.ts";
import { makeModel } from "../factories/models.ts";
import { makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, trpc } from "./app-under-test.ts";
import type { Walk, Walked } from "./clock-walk.ts";
import { readAnswer } from "./read-answer.ts";
import { freezeClock } from "./test-database.ts";

/**
 * Walks through time in this process, by the product's own doors: reads who asks when from standard
 * input, prints what the books and the screens said. The job of the periods runs before every third
 * step.
 */
const walk = (await json(process.stdin)) as Walk;
const app = await startApp();
const { sql, db } = app.database;
const people = new Map<string, Person>();
const shown: Walked["shown"] = [];
let model: string | null = null;
let costMicroVnd = "0";

const instants = [...walk.people.map((one) => one.from), ...walk.steps.map((step) => step.at)];
for (const [index, instant] of [...new Set(instants)].toSorted().entries()) {
  await freezeClock(sql, new Date(instant));
  model ??= await makeModel(db, "openai/walking");
  for (const { name, planId, from } of walk.people) {
    if (from !== instant) continue;
    people.set(name, await makePerson(app.database, planId === null ? {} : { planId }));
    await sql`update sessions set expires_at = '2100-01-01'`;
  }
  if (index % 3 === 0) await rollPeriods(db);
  for (const { who } of walk.steps.filter((step) => step.at === instant)) {
    const person = people.get(who);
    if (person === undefined) throw new Error(`${who} is not there at ${instant}`);
    const answer = await readAnswer(
      await chat(person, { model, text: ask({ input: 1_000, output: 100, tokensPerChunk: 100 }) }),
    );
    costMicroVnd = answer.receipt?.costMicroVnd ?? "0";
    const { data } = await trpc(person, "costOptimization.getUsageSummary");
    const summary = usageSummaryView.parse(data);
    shown.push({
      who,
      at: instant,
      resetsAt: summary.period.endsAt,
      used: summary.period.usedMicroVnd,
      month: summary.month.month,
      monthQueries: summary.month.totalQueries,
      messagesToday: summary.messagesToday.count,
    });
  }
}

const iso = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));
const walked: Walked = {
  localNewYear: new Date(2027, 0, 1).getTime(),
  dateAheadMs: Date.now() - (performance.timeOrigin + performance.now()),
  costMicroVnd,
  shown,
  periods: {},
  months: {},
  days: {},
  holdMinutes: [],
  durations: { least: 0 },
};
for (const [name, { orgId }] of people) {
  const periods =
    await sql`select * from budget_periods where org_id = ${orgId} order by starts_at`;
  walked.periods[name] = periods.map((row) => ({
    kind: iso(row["kind"]),
    plan: iso(row["plan_id"]),
    startsAt: iso(row["starts_at"]),
    endsAt: iso(row["ends_at"]),
    limit: iso(row["limit_micro_vnd"]),
    used: iso(row["used_micro_vnd"]),
    isClosed: row["closed_at"] !== null,
  }));
  const months = await sql`
    select month, total_cost_micro_vnd::text as cost from monthly_usage_summary where org_id = ${orgId} order by month`;
  walked.months[name] = Object.fromEntries(
    months.map((row) => [iso(row["month"]), iso(row["cost"])]),
  );
  const days = await sql`
    select day::text, messages from daily_counters where scope = 'org' and subject_id = ${orgId} order by day`;
  walked.days[name] = Object.fromEntries(
    days.map((row) => [iso(row["day"]), Number(row["messages"])]),
  );
}
const holds = await sql`
  select distinct (extract(epoch from r.expires_at - t.created_at) / 60)::float8 as minutes
    from reservations r join turns t on t.org_id = r.org_id and t.id = r.turn_id`;
walked.holdMinutes = holds.map((row) => Number(row["minutes"]));
const [least] = await sql`
  select least(min(l.response_time_ms), min(l.first_token_ms),
               min(extract(epoch from c.ended_at - c.dispatched_at) * 1000),
               min(extract(epoch from t.finished_at - t.created_at) * 1000))::float8 as ms
    from usage_logs l join provider_calls c on c.id = l.provider_call_id
    join turns t on t.org_id = l.org_id and t.id = l.turn_id`;
walked.durations.least = Number(least?.["ms"] ?? 0);
await app.stop();
process.stdout.write(JSON.stringify(walked));
