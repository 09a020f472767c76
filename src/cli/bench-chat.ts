import { randomBytes, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { closeDb, makeDb, type Db } from "@/server/db/client.ts";
import { seed } from "@drizzle/seed.ts";
import { alignColumns, summarise, tableOf, type LevelFigures } from "./bench-chat-figures.ts";
import { closeConnections, type StreamCall } from "./bench-chat-load.ts";
import { levels, measureLevel, warmUp, type Bench } from "./bench-chat-levels.ts";
import { makeCustomer } from "./bench-chat-people.ts";
import { startRoundTripProxy } from "./bench-chat-proxy.ts";
import * as rig from "./bench-chat-rig.ts";
import * as road from "./bench-chat-road.ts";
import { buildApp } from "./build-app.mjs";
import { printFailure } from "./steps.mjs";

/**
 * `npm run bench:chat [-- --out FILE] [--rounds N] [--profile FOLDER]`: what our chat door adds to
 * a plain Next route on the same simulator, and its round trips and commits. Exit code 1 when there
 * are more of those than the contract allows; times are reported, never judged. See
 * docs/performance.md.
 */

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    rounds: { type: "string", default: "3" },
    profile: { type: "string" },
  },
});
const question = "Giải thích vì sao bầu trời có màu xanh";
const customers = 64;
const authSecret = randomBytes(32).toString("base64url");
const startedThings: (() => Promise<unknown>)[] = [];

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => void stopAll().then(() => process.exit(130)));
}

try {
  process.exitCode = await main();
} catch (error) {
  printFailure("The bench did not come to its end", error);
  process.exitCode = 1;
} finally {
  await stopAll();
}

/** Last things first. */
async function stopAll(): Promise<void> {
  closeConnections();
  for (const stop of startedThings.splice(0).reverse()) await stop().catch(() => undefined);
}

async function main(): Promise<number> {
  say("Building …");
  await buildApp({ env: process.env, isVerbose: false });
  await rig.buildPlainApp();
  say("Starting PostgreSQL, the simulator and 64 customers …");
  const database = await rig.startDatabase();
  startedThings.push(database.stop);
  const db = makeDb(database.url, { max: 4 });
  startedThings.push(() => closeDb(db));
  await seed(db);
  const cookies = await makeCustomers(db);
  const simulator = await rig.startSimulator();
  startedThings.push(simulator.stop);

  const plain = await rig.startNext(rig.plainNextApp(simulator.url));
  startedThings.push(plain.stop);
  const parts = { authSecret, openAiBaseUrl: simulator.openAiBaseUrl };
  const counted = await measureRoad({
    db,
    cookies,
    databaseUrl: database.url,
    simulator,
    plain,
    ...parts,
  });
  const app = rig.ourApp({ databaseUrl: database.url, ...parts });
  const profiling = values.profile === undefined ? [] : profileOptions(values.profile);
  const ours = await rig.startNext({ ...app, nodeOptions: profiling });
  startedThings.push(ours.stop);
  const bench: Bench = {
    simulatorUrl: simulator.url,
    ours: { processId: ours.processId, callOf: (customer) => ourCall(ours.url, cookies[customer]) },
    plain: { processId: plain.processId, callOf: () => plainCall(plain.url) },
    databaseProcessId: database.processId,
  };
  const figures = await measureLevels(bench);
  report(figures, counted);
  await writeOut({ machine: machine(), road: counted, levels: figures });
  return isWithinLimits(counted.count) ? 0 : 1;
}

async function makeCustomers(db: Db): Promise<string[]> {
  const cookies: string[] = [];
  for (let made = 0; made < customers; made += 1) cookies.push(await makeCustomer(db, authSecret));
  return cookies;
}

/** In a process of its own, whose statements go by way of the counting proxy. */
async function measureRoad(input: {
  readonly db: Db;
  readonly cookies: readonly string[];
  readonly databaseUrl: string;
  readonly simulator: rig.Served;
  readonly plain: rig.Served;
  readonly authSecret: string;
  readonly openAiBaseUrl: string;
}) {
  say("Counting round trips and commits …");
  const proxy = await startRoundTripProxy(input.databaseUrl);
  const app = await rig.startNext(
    rig.ourApp({ ...input, databaseUrl: proxy.through(input.databaseUrl) }),
  );
  try {
    const callOf = () => ourCall(app.url, input.cookies[0]);
    await rig.scriptSimulator(input.simulator.url, rig.shortAnswer);
    await road.warmUp(callOf);
    const parts = { proxy, sql: input.db.$client, simulatorUrl: input.simulator.url, callOf };
    const count = await road.countRoad(parts);
    return { count, atRest: await road.timeAtRest(parts, () => plainCall(input.plain.url)) };
  } finally {
    await app.stop();
    await proxy.close();
  }
}

async function measureLevels(bench: Bench): Promise<LevelFigures[]> {
  const wanted =
    values.profile === undefined ? levels : levels.filter((level) => level.streams === 16);
  const figures: LevelFigures[] = [];
  await warmUp(bench);
  for (const level of wanted) {
    say(`Measuring ${level.name} …`);
    const { ours, plain } = await measureLevel(bench, level, Number(values.rounds));
    figures.push(summarise(level.name, ours, plain));
  }
  return figures;
}

function ourCall(url: string, cookie: string | undefined): StreamCall {
  const body = JSON.stringify({
    messageId: randomUUID(),
    model: "auto",
    stream: true,
    messages: [{ role: "user", content: question }],
  });
  const headers = { cookie: cookie ?? "", origin: url, "content-type": "application/json" };
  return { url: `${url}/webapi/chat/auto`, headers, body };
}

function plainCall(url: string): StreamCall {
  const body = JSON.stringify({
    model: "gpt-5.4-mini",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: question }],
  });
  return { url: `${url}/chat`, headers: { "content-type": "application/json" }, body };
}

function profileOptions(folder: string): string[] {
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`, "--cpu-prof-interval=500"];
}

function machine() {
  return { cores: availableParallelism(), platform: process.platform, node: process.versions.node };
}

function isWithinLimits({ roundTrips, commits }: road.RoadCount): boolean {
  return roundTrips <= road.roundTripsMax && commits <= road.commitsMax;
}

function report(
  figures: readonly LevelFigures[],
  counted: Awaited<ReturnType<typeof measureRoad>>,
) {
  const { count, atRest } = counted;
  const rest: Record<string, number> = {
    "first token, plain": atRest.plainFirstTokenMs,
    "first token, ours": atRest.oursFirstTokenMs,
    ...atRest.spansMs,
  };
  const spans = Object.entries(rest).map(([name, time]) => [name, `${time.toFixed(2)} ms`]);
  say(`\n${tableOf(figures)}\n`);
  say(
    `At rest, the simulator answering at once, ours by way of the proxy:\n${alignColumns(spans)}\n`,
  );
  say(
    `Before the provider is asked: ${count.roundTrips} round trips (at most ${road.roundTripsMax}), ` +
      `${count.commits} commits (at most ${road.commitsMax})${isWithinLimits(count) ? "" : ": TOO MANY"}; ` +
      `beside them ${count.limiterRoundTrips} of the rate limiter, on an unlogged table`,
  );
}

async function writeOut(results: unknown): Promise<void> {
  if (values.out === undefined) return;
  await writeFile(values.out, `${JSON.stringify(results, null, 2)}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
