import { randomBytes, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { prepareStatements } from "@/server/db/prepare-statements.ts";
import * as schema from "@drizzle/schema/index.ts";
import { seed } from "@drizzle/seed.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { dayOf } from "@/domain/time/vietnam-time.ts";
import { openCurrentPeriod } from "@/features/budgets/open-current-period.ts";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { checkInvariants } from "@/features/ledger/check-invariants.ts";
import { createUser } from "@/features/orgs/create-user.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import { closeDb, makeDb, type Db } from "@/server/db/client.ts";
import { alignColumns, quantile } from "@/cli/bench-chat-figures.ts";
import { startRoundTripProxy } from "@/cli/bench-chat-proxy.ts";
import { startDatabase } from "@/cli/bench-chat-rig.ts";
import { bare, ours, type Customer, type Side } from "./bench-ledger-sides.ts";
import { printFailure } from "@/cli/steps.mjs";

/**
 * `npm run bench:ledger [-- --seconds N] [--rounds N] [--out FILE]`: a turn's admission and
 * settlement by the product's verbs against the same statements sent bare, in the same run. Exit
 * code 1 when ours take more than twice the time of the bare ones.
 */

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "1" },
    rounds: { type: "string", default: "7" },
    out: { type: "string" },
  },
});
const ratioMax = 2;
const poolSize = 10;
const customersMade = 64;

const levels = [
  { name: "1 caller", callers: 1, isHot: false },
  { name: "16 callers", callers: 16, isHot: false },
  { name: "64 callers", callers: 64, isHot: false },
  { name: "16 on one row", callers: 16, isHot: true },
  { name: "64 on one row", callers: 64, isHot: true },
];

type Wave = { readonly opsPerSecond: number; readonly timesMs: readonly number[] };
type LevelResult = {
  readonly name: string;
  readonly ours: Summary;
  readonly bare: Summary;
  /** How many times longer a turn of ours takes: the middle of the pairs run one after the other. */
  readonly ratio: number;
};
type Summary = { readonly opsPerSecond: number; readonly p50Ms: number; readonly p99Ms: number };

try {
  process.exitCode = await main();
} catch (error) {
  printFailure("The bench did not come to its end", error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  say("Starting PostgreSQL and 64 customers …");
  const database = await startDatabase();
  try {
    const db = makeDb(database.url, { max: poolSize });
    const sql = postgres(database.url, { max: poolSize, onnotice: () => undefined });
    await seed(db);
    const customers = await makeCustomers(db);
    const [statements, oursTrips] = await countStatements(database.url, customers);
    const bareTrips = await countBareTrips(database.url, customers);
    const results: LevelResult[] = [];
    for (const level of levels) {
      results.push(await measure(level, customers, { ours, bare: bare(sql) }));
    }
    report(results);
    say(
      `Statements of a turn: ${statements.length}, of which 1 admits; round trips ${oursTrips} ` +
        `(bare: ${bareTrips}):\n${statements.map((line) => `  ${line}`).join("\n")}`,
    );
    const violations = await checkInvariants(db);
    // The made-up cost is not its tokens at a price.
    const broken = violations.filter(({ id }) => !/cost|price/.test(id)).map(({ id }) => id);
    say(`Invariants broken by the load: ${broken.length === 0 ? "none" : broken.join(", ")}`);
    if (values.out !== undefined) await writeFile(values.out, JSON.stringify(results, null, 2));
    await Promise.all([closeDb(db), sql.end({ timeout: 5 })]);
    const worst = Math.max(...results.map(({ ratio }) => ratio));
    const isMet = worst <= ratioMax && broken.length === 0;
    say(
      `${isMet ? "MET" : "NOT MET"}: at most ${ratioMax}× the bare statements; worst ${worst.toFixed(2)}×`,
    );
    return isMet ? 0 : 1;
  } finally {
    await database.stop();
  }
}

async function makeCustomers(db: Db): Promise<Customer[]> {
  const [valid] = await db.$client<Omit<Customer, "ctx" | "periodId" | "day">[]>`
    select p.id as "priceId", p.model_id as "modelId", m.provider, r.id as "rateId"
      from model_prices p join models m on m.id = p.model_id, exchange_rates r
     where p.valid_to is null and r.valid_to is null and not m.is_free limit 1`;
  if (valid === undefined) throw new Error("the seed has no price");
  const customers: Customer[] = [];
  for (let made = 0; made < customersMade; made += 1) {
    const email = `${randomUUID()}@bench.example`;
    const word = { actor: "bench", reason: "bench" };
    await createUser(db, {
      ...{ email, name: "Bench", role: "user", isVerified: true },
      ...{ password: randomBytes(12).toString("base64url"), actor: "bench", requestId: "bench" },
    });
    const ctx = await findOwner(db, { email, requestId: "bench" });
    await startSubscription(ctx, { planId: "ultimate", ...word });
    await setBudget(ctx, { amountMicroVnd: vndToMicroVnd(1_000_000_000n), ...word });
    const period = await openCurrentPeriod(ctx);
    customers.push({ ctx, periodId: period.id, day: dayOf(ctx.now), ...valid });
  }
  return customers;
}

/** Both sides in turn, the first of a pair changing, so that noise of the machine hits both. */
async function measure(
  level: (typeof levels)[number],
  customers: readonly Customer[],
  sides: { readonly ours: Side; readonly bare: Side },
): Promise<LevelResult> {
  const waves: { ours: Wave[]; bare: Wave[] } = { ours: [], bare: [] };
  const durationMs = Number(values.seconds) * 1_000;
  for (let round = -1; round < Number(values.rounds); round += 1) {
    const order = round % 2 === 0 ? (["ours", "bare"] as const) : (["bare", "ours"] as const);
    for (const side of order) {
      const isWarmUp = round < 0;
      const wave = await runWave(sides[side], {
        ...{ level, customers, durationMs: isWarmUp ? durationMs / 4 : durationMs },
      });
      if (!isWarmUp) waves[side].push(wave);
    }
  }
  const ratios = waves.ours.map((wave, round) => {
    const other = waves.bare[round];
    return other === undefined ? Number.NaN : other.opsPerSecond / wave.opsPerSecond;
  });
  return {
    ...{ name: level.name, ours: summarise(waves.ours), bare: summarise(waves.bare) },
    ratio: quantile(ratios, 0.5),
  };
}

async function runWave(
  side: Side,
  input: {
    readonly level: (typeof levels)[number];
    readonly customers: readonly Customer[];
    readonly durationMs: number;
  },
): Promise<Wave> {
  const { level, customers, durationMs } = input;
  const timesMs: number[] = [];
  const startedAt = performance.now();
  const callers = Array.from({ length: level.callers }, async (_, index) => {
    const customer = customers[level.isHot ? 0 : index % customers.length];
    if (customer === undefined) throw new Error("there are customers");
    while (performance.now() - startedAt < durationMs) {
      const begunAt = performance.now();
      await side(customer);
      timesMs.push(performance.now() - begunAt);
    }
  });
  await Promise.all(callers);
  return { opsPerSecond: (timesMs.length * 1_000) / (performance.now() - startedAt), timesMs };
}

function summarise(waves: readonly Wave[]): Summary {
  const timesMs = waves.flatMap((wave) => wave.timesMs);
  return {
    opsPerSecond: quantile(
      waves.map((wave) => wave.opsPerSecond),
      0.5,
    ),
    p50Ms: quantile(timesMs, 0.5),
    p99Ms: quantile(timesMs, 0.99),
  };
}

/** The statements of one turn of ours in their order, and its round trips seen on the wire. */
async function countStatements(
  url: string,
  customers: readonly Customer[],
): Promise<[string[], number]> {
  const statements: string[] = [];
  const proxy = await startRoundTripProxy(url);
  const client = prepareStatements(
    postgres(proxy.through(url), {
      max: 1,
      onnotice: () => undefined,
      debug: (_connection, query) => {
        statements.push(query.replaceAll(/\s+/g, " ").trim().slice(0, 90));
      },
    }),
  );
  const db = drizzle(client, { schema });
  const [customer] = customers;
  if (customer === undefined) throw new Error("there are customers");
  const own = { ...customer, ctx: { ...customer.ctx, db } };
  // The first turns prepare, in round trips of their own.
  for (let turn = 0; turn < 3; turn += 1) await ours(own);
  statements.length = 0;
  proxy.holdAfter(Number.POSITIVE_INFINITY);
  await ours(own);
  const trips = proxy.flights().length;
  await client.end();
  await proxy.close();
  return [statements, trips];
}

async function countBareTrips(url: string, [customer]: readonly Customer[]): Promise<number> {
  if (customer === undefined) throw new Error("there are customers");
  const proxy = await startRoundTripProxy(url);
  const client = postgres(proxy.through(url), { max: 1, onnotice: () => undefined });
  for (let turn = 0; turn < 3; turn += 1) await bare(client)(customer);
  proxy.holdAfter(Number.POSITIVE_INFINITY);
  await bare(client)(customer);
  const trips = proxy.flights().length;
  await client.end();
  await proxy.close();
  return trips;
}

function report(results: readonly LevelResult[]): void {
  const cells = ({ opsPerSecond, p50Ms, p99Ms }: Summary) => [
    opsPerSecond.toFixed(0),
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
  ];
  const head = ["", "ours turns/s", "p50 ms", "p99 ms", "bare turns/s", "p50 ms", "p99 ms", "ours"];
  const rows = results.map((one) => [
    ...[one.name, ...cells(one.ours), ...cells(one.bare), `${one.ratio.toFixed(2)}×`],
  ]);
  say(`\n${alignColumns([head, ...rows])}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
