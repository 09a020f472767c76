import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import * as schema from "@drizzle/schema/index.ts";
import { seed } from "@drizzle/seed.ts";
import { addMonths, monthOf } from "@/domain/time/vietnam-time.ts";
import { getUsageSummary } from "@/features/budgets/get-usage-summary.ts";
import { readTurnFacts } from "@/features/chat/store/turn-facts.ts";
import { checkInvariants } from "@/features/ledger/check-invariants.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { getUsageHistory } from "@/features/usage/get-usage-history.ts";
import type { Ctx } from "@/server/ctx.ts";
import { closeDb, makeDb } from "@/server/db/client.ts";
import { alignColumns, quantile } from "@/cli/bench-chat-figures.ts";
import { startDatabase } from "@/cli/bench-chat-rig.ts";
import { fillUsage, type Account } from "./bench-volume-rows.ts";
import { printFailure } from "@/cli/steps.mjs";

/**
 * `npm run bench:volume [-- --rows N] [--tries N] [--plans FILE]`: how long the statements of the
 * budget read and of the usage page take inside the database when a year of usage stands in it, for
 * an ordinary account and for one that wrote a fifth of all rows; their plans; how long the
 * invariants take. Exit code 1 when one of them has a p95 of 50 ms or more.
 */

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    tries: { type: "string", default: "40" },
    plans: { type: "string" },
  },
});
const rows = Number(values.rows);
const limitMs = 50;

type Statement = { readonly text: string; readonly parameters: readonly (string | null)[] };
type Reading = { readonly name: string; readonly read: (ctx: Ctx) => Promise<unknown> };

/** What is read, of an account that has used that model. */
const readingsOf = (modelId: string): readonly Reading[] => [
  { name: "facts of a turn", read: (ctx) => readTurnFacts(ctx.db, factsKey(ctx)) },
  { name: "budget summary", read: (ctx) => getUsageSummary(ctx) },
  { name: "usage page", read: (ctx) => getUsageHistory(ctx, { page: 1, pageSize: 20 }) },
  {
    name: "usage page, tenth",
    read: (ctx) => getUsageHistory(ctx, { page: 10, pageSize: 20 }),
  },
  {
    name: "usage page of a month",
    read: (ctx) =>
      getUsageHistory(ctx, { page: 1, pageSize: 20, month: monthOf(addMonths(ctx.now, -5)) }),
  },
  {
    name: "usage page of a model",
    read: (ctx) => getUsageHistory(ctx, { page: 1, pageSize: 20, modelId }),
  },
  {
    name: "usage page, simple",
    read: (ctx) => getUsageHistory(ctx, { page: 1, pageSize: 20, complexity: "simple" }),
  },
];

try {
  process.exitCode = await main();
} catch (error) {
  printFailure("The bench did not come to its end", error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const database = await startDatabase();
  try {
    return await measureAll(database.url);
  } finally {
    await database.stop();
  }
}

async function measureAll(url: string): Promise<number> {
  const pool = makeDb(url, { max: 2 });
  await seed(pool);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  say(`Writing ${rows} rows of usage …`);
  const startedAt = performance.now();
  const accounts = await fillUsage(sql, { rows, orgs: 2_000, heavyRows: rows / 5 });
  say(`… in ${seconds(startedAt)}`);
  const plans: string[] = [];
  const table: string[][] = [["", "account", "rows", "statements", "p50 ms", "p95 ms", "worst ms"]];
  let isMet = true;
  for (const [who, account] of Object.entries(accounts)) {
    const count = await countRows(sql, account);
    for (const reading of readingsOf(await favouriteOf(sql, account))) {
      const found = await measure(url, sql, { reading, account });
      isMet &&= found.p95Ms < limitMs;
      table.push([
        ...[reading.name, who, String(count), String(found.statements)],
        ...[found.p50Ms, found.p95Ms, found.worstMs].map((time) => time.toFixed(2)),
      ]);
      plans.push(`=== ${reading.name}, ${who} account\n${found.plan}`);
    }
  }
  say(
    `\nIn the database, all statements of a reading one after the other:\n${alignColumns(table)}\n`,
  );
  const checking = makeChecking(url);
  let broken = 0;
  for (const scope of ["lately", "ever"] as const) {
    const checkingAt = performance.now();
    const violations = await checkInvariants(checking, { scope });
    say(`All invariants, ${scope}: ${seconds(checkingAt)}, ${violations.length} broken`);
    broken += violations.length;
  }
  await closeDb(checking);
  if (values.plans !== undefined) await writeFile(values.plans, `${plans.join("\n\n")}\n`);
  await Promise.all([closeDb(pool), sql.end({ timeout: 5 })]);
  say(`${isMet ? "MET" : "NOT MET"}: every reading under ${limitMs} ms p95 in the database`);
  return isMet && broken === 0 ? 0 : 1;
}

/** The check of a year takes longer than a served statement may. */
function makeChecking(url: string) {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  return drizzle(client, { schema });
}

/**
 * Takes down what a verb sends, then has the database run each of it by itself and tell its own
 * planning and execution time.
 */
async function measure(
  url: string,
  sql: Sql,
  input: { readonly reading: Reading; readonly account: Account },
) {
  const statements = await recordStatements(url, input);
  const timesMs: number[] = [];
  let plan = "";
  for (let attempt = -2; attempt < Number(values.tries); attempt += 1) {
    let totalMs = 0;
    if (attempt < 0) plan = "";
    for (const { text, parameters } of statements) {
      totalMs += (await explain(sql, "analyze, timing off", { text, parameters })).ms;
      if (attempt >= 0) continue;
      const lines = await explain(sql, "analyze, buffers", { text, parameters });
      plan += `${text.replaceAll(/\s+/g, " ").trim()}\n${lines.plan}\n`;
    }
    if (attempt >= 0) timesMs.push(totalMs);
  }
  return {
    statements: statements.length,
    p50Ms: quantile(timesMs, 0.5),
    p95Ms: quantile(timesMs, 0.95),
    worstMs: Math.max(...timesMs),
    plan,
  };
}

async function recordStatements(
  url: string,
  { reading, account }: { readonly reading: Reading; readonly account: Account },
): Promise<Statement[]> {
  const statements: Statement[] = [];
  const client = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    debug: (_connection, text, parameters: readonly unknown[]) => {
      // The query builder has made texts of all but numbers and truths.
      statements.push({
        text,
        parameters: parameters.map(asText),
      });
    },
  });
  const db = drizzle(client, { schema });
  const email = `${account.userId}@volume.example`;
  const ctx = await findOwner(db, { email, requestId: "bench" });
  statements.length = 0;
  await reading.read(ctx);
  await client.end();
  // postgres.js asks once for the types of arrays.
  return statements.filter(({ text }) => !text.includes("pg_catalog.pg_type"));
}

/** Reading the clock for every row would be half the time of some: it is off when time is taken. */
async function explain(sql: Sql, how: string, { text, parameters }: Statement) {
  const found = await sql.unsafe<{ "QUERY PLAN": string }[]>(`explain (${how}, summary) ${text}`, [
    ...parameters,
  ]);
  const lines = found.map((row) => row["QUERY PLAN"]);
  const timeOf = (name: string) =>
    Number(
      new RegExp(`^${name} Time: ([\\d.]+) ms`, "m").exec(lines.join("\n"))?.[1] ?? Number.NaN,
    );
  return { ms: timeOf("Planning") + timeOf("Execution"), plan: lines.join("\n") };
}

/** The model that wrote most of an account's rows. */
async function favouriteOf(sql: Sql, { orgId, userId }: Account): Promise<string> {
  const [row] = await sql<{ modelId: string }[]>`
    select model_id as "modelId" from usage_logs where org_id = ${orgId} and user_id = ${userId}
     group by model_id order by count(*) desc limit 1`;
  if (row === undefined) throw new Error("an account without rows");
  return row.modelId;
}

async function countRows(sql: Sql, account: Account): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from usage_logs where org_id = ${account.orgId} and user_id = ${account.userId}`;
  return row?.count ?? 0;
}

function asText(value: unknown): string | null {
  if (value === null || typeof value === "string") return value;
  return JSON.stringify(value);
}

function factsKey({ orgId, userId }: Ctx) {
  return {
    ...{ orgId, userId, turnId: randomUUID(), conversationId: null, retryOf: null },
    knownCatalogue: "-1",
  };
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
