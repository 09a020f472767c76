import { randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { createUser } from "@/features/orgs/create-user.ts";
import { closeDb, makeDb, type Db } from "@/server/db/client.ts";
import { seed } from "@drizzle/seed.ts";
import { alignColumns } from "./bench-chat-figures.ts";
import { closeConnections, readStream, type StreamCall } from "./bench-chat-load.ts";
import { makeCustomer } from "./bench-chat-people.ts";
import * as rig from "./bench-chat-rig.ts";
import { buildApp } from "./build-app.mjs";
import { printFailure } from "./steps.mjs";

/**
 * `npm run bench:streams [-- --streams N]`: the built app with a thousand answers open on its pool of
 * ten connections: how fast signing in and readiness stay, what was refused, what a stream costs in
 * memory. Exit code 1 when a percentile is 500 ms or more or anything was refused.
 */

const { values } = parseArgs({ options: { streams: { type: "string", default: "1000" } } });
const streams = Number(values.streams);
const customers = 50;
const p95MsMax = 500;
const signIns = 60;
const probes = 200;
/** A person reads while the model thinks: a chunk every two seconds, for a minute and a half. */
const chunks = 45;
const tokensPerChunk = 4;
const delayMsPerChunk = 2_000;
/** New answers are asked for evenly, as people do, not at one instant. */
const opensPerSecond = 50;
const authSecret = randomBytes(32).toString("base64url");
const password = randomBytes(12).toString("base64url");
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

type World = {
  readonly app: rig.Served;
  readonly simulatorUrl: string;
  readonly cookies: readonly string[];
  readonly email: string;
};

async function main(): Promise<number> {
  say("Building …");
  await buildApp({ env: process.env, isVerbose: false });
  const world = await startWorld();
  await rig.scriptSimulator(world.simulatorUrl, rig.shortAnswer);
  for (let sent = 0; sent < customers * 2; sent += 1) await readStream(chatCall(world, sent));
  const restMs = { signIn: await timeSignIns(world), readiness: await timeReadiness(world) };
  const restBytes = await residentBytes(world.app.processId);

  say(`Opening ${streams} streams …`);
  const output = chunks * tokensPerChunk;
  await rig.scriptSimulator(world.simulatorUrl, { output, tokensPerChunk, delayMsPerChunk });
  const reading = await openStreams(world);
  const openMs = { signIn: await timeSignIns(world), readiness: await timeReadiness(world) };
  const openBytes = await residentBytes(world.app.processId);
  const stillOpen = reading.filter((stream) => !stream.isOver()).length;
  const outcomes = await Promise.all(reading.map((stream) => stream.outcome));
  const refused = outcomes.flatMap((outcome) => (outcome === "read" ? [] : [outcome]));

  say(
    alignColumns([
      ["open streams while measured", String(stillOpen)],
      ["sign-in p95, at rest", `${restMs.signIn.toFixed(0)} ms`],
      ["sign-in p95, streams open", `${openMs.signIn.toFixed(0)} ms (under ${p95MsMax})`],
      ["readiness p95, at rest", `${restMs.readiness.toFixed(0)} ms`],
      ["readiness p95, streams open", `${openMs.readiness.toFixed(0)} ms (under ${p95MsMax})`],
      ["refused or cut (pool time-outs among them)", String(refused.length)],
      ["memory per stream", `${((openBytes - restBytes) / streams / 1024).toFixed(0)} KiB`],
      ["memory of the process", `${(openBytes / 1024 / 1024).toFixed(0)} MiB`],
    ]),
  );
  if (refused[0] !== undefined) say(`The first refusal: ${refused[0]}`);
  const isFast = openMs.signIn < p95MsMax && openMs.readiness < p95MsMax;
  return isFast && refused.length === 0 && stillOpen === streams ? 0 : 1;
}

async function startWorld(): Promise<World> {
  say(`Starting PostgreSQL, the simulator, the app and ${customers} customers …`);
  const database = await rig.startDatabase();
  startedThings.push(database.stop);
  const db = makeDb(database.url, { max: 4 });
  startedThings.push(() => closeDb(db));
  await seed(db);
  const cookies: string[] = [];
  while (cookies.length < customers) cookies.push(await makeCustomer(db, authSecret));
  const email = await makeSigner(db);
  const simulator = await rig.startSimulator();
  startedThings.push(simulator.stop);
  const { openAiBaseUrl } = simulator;
  const ours = rig.ourApp({ databaseUrl: database.url, authSecret, openAiBaseUrl });
  // As behind a proxy: otherwise all these people would share one address and its limits.
  const settings = (port: number) => ({ ...ours.settings(port), TRUSTED_PROXY_HOPS: "1" });
  const app = await rig.startNext({ ...ours, settings });
  startedThings.push(app.stop);
  return { app, simulatorUrl: simulator.url, cookies, email };
}

async function makeSigner(db: Db): Promise<string> {
  const email = `${randomUUID()}@bench.example`;
  const person = { email, password, name: "Bench", role: "user", isVerified: true } as const;
  await createUser(db, { ...person, actor: "bench", requestId: "bench" });
  return email;
}

type OpenStream = {
  readonly outcome: Promise<string>;
  readonly isOver: () => boolean;
};

/** Opens all streams, evenly. @returns when the last one has been asked for and has begun. */
async function openStreams(world: World): Promise<readonly OpenStream[]> {
  const opened: OpenStream[] = [];
  const startedAtMs = performance.now();
  while (opened.length < streams) {
    opened.push(openStream(chatCall(world, opened.length)));
    const dueMs = startedAtMs + (opened.length * 1_000) / opensPerSecond - performance.now();
    if (dueMs > 0) await pause(dueMs);
  }
  await pause(delayMsPerChunk);
  return opened;
}

function openStream(call: StreamCall): OpenStream {
  let isOver = false;
  const outcome = readStream(call)
    .then(
      () => "read",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    .finally(() => {
      isOver = true;
    });
  return { outcome, isOver: () => isOver };
}

function chatCall({ app, cookies }: World, index: number): StreamCall {
  const customer = index % customers;
  return {
    url: `${app.url}/webapi/chat/auto`,
    headers: {
      cookie: cookies[customer] ?? "",
      origin: app.url,
      "content-type": "application/json",
      "x-forwarded-for": addressOf(customer),
    },
    body: JSON.stringify({
      messageId: randomUUID(),
      model: "auto",
      stream: true,
      messages: [{ role: "user", content: "Giải thích vì sao bầu trời có màu xanh" }],
    }),
  };
}

function timeSignIns({ app, email }: World): Promise<number> {
  return p95Of(signIns, (index) =>
    fetch(`${app.url}/api/auth/sign-in/email`, {
      method: "POST",
      headers: {
        origin: app.url,
        "content-type": "application/json",
        "x-forwarded-for": addressOf(customers + index),
      },
      body: JSON.stringify({ email, password }),
    }),
  );
}

function timeReadiness({ app }: World): Promise<number> {
  return p95Of(probes, () => fetch(`${app.url}/api/health/ready`));
}

/** @throws Error when one of the answers is not 200. */
async function p95Of(times: number, ask: (index: number) => Promise<Response>): Promise<number> {
  const spans: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const startedAtMs = performance.now();
    const response = await ask(index);
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
    spans.push(performance.now() - startedAtMs);
  }
  spans.sort((one, other) => one - other);
  return spans[Math.ceil(times * 0.95) - 1] ?? Number.POSITIVE_INFINITY;
}

function addressOf(index: number): string {
  return `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

/** What the process holds in memory; only Linux says so of another process. */
async function residentBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
