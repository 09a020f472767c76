import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chatDoor } from "@/api/doors/chat.ts";
import { doorLimits } from "@/api/door-limits.ts";
import { makeRateLimiter, type RateLimiter } from "@/server/rate-limits.ts";
import { openRedis, type Redis } from "@/server/redis.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chatJson, ORIGIN, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { findFreePort } from "../support/served-app.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.ts";
import { until } from "../support/until.ts";

const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
const MESSAGES = 3;
const user = { countMax: MESSAGES, windowMs: 60_000 };
const limits = { ...doorLimits, chat: { ...doorLimits.chat, user } };

let app: AppUnderTest;
let port: number;
let server: ChildProcess;
let line: TcpProxy;
let clients: readonly Redis[];
/** Two instances of the product. */
let instances: readonly RateLimiter[];

function startRedis(): ChildProcess {
  return spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    { stdio: "ignore", cwd: "/tmp" },
  );
}

async function killRedis(): Promise<void> {
  const gone = once(server, "exit");
  server.kill("SIGKILL");
  await gone;
}

const areReady = () => clients.every((client) => client.status === "ready");

beforeAll(async () => {
  app = await startApp();
  if (!hasRedis) return;
  port = await findFreePort();
  server = startRedis();
  line = await startTcpProxy(() => ({ host: "127.0.0.1", port }));
  const url = `redis://127.0.0.1:${line.port}`;
  clients = [openRedis(url), openRedis(url)];
  const { $client: sql } = app.database.db;
  instances = clients.map((redis) => makeRateLimiter({ sql, redis }));
  await until(areReady);
});

afterEach(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
});

afterAll(async () => {
  if (hasRedis) {
    for (const client of clients) client.disconnect();
    await line.close();
    await killRedis();
  }
  await app.stop();
});

/** @returns the statuses of so many messages, sent to the instances in turn. */
async function send({ cookie }: Person, count: number): Promise<number[]> {
  const statuses = [];
  for (let index = 0; index < count; index += 1) {
    const limiter = instances[index % instances.length];
    const request = new Request(`${ORIGIN}/webapi/chat/auto`, {
      method: "POST",
      headers: { origin: ORIGIN, "content-type": "application/json", cookie },
      body: chatJson({}),
    });
    const parts = { limits, ...(limiter === undefined ? {} : { limiter }) };
    const response = await chatDoor(request, { provider: "auto" }, parts);
    await response.text();
    statuses.push(response.status);
  }
  return statuses;
}

if (hasRedis) describe("F92 Redis for the rate limits", attackRedis);
else {
  it("F92 is left out where there is no redis-server", () => {
    process.stdout.write("LEFT OUT: F92 (no redis-server)\n");
  });
}

function attackRedis(): void {
  it("counts for all instances together", async () => {
    const person = await makeCustomer(app.database);
    expect(await send(person, MESSAGES + 2)).toEqual([200, 200, 200, 429, 429]);
    expect(await app.database.sql`select 1 from rate_limits`).toHaveLength(0);
  });

  it("emptied, lets everybody begin anew", async () => {
    const person = await makeCustomer(app.database);
    expect(await send(person, 2)).toEqual([200, 200]);
    await clients[0]?.flushall();
    expect(await send(person, 3)).toEqual([200, 200, 200]);
  });

  it("blocks nobody by a counter that came back without its end", async () => {
    const person = await makeCustomer(app.database);
    expect(await send(person, 2)).toEqual([200, 200]);
    const [client] = clients;
    const keys = (await client?.keys("rl:chat-user:*")) ?? [];
    for (const key of keys) await client?.persist(key);
    await send(person, 1);
    const ends: number[] = [];
    for (const key of keys) ends.push((await client?.pttl(key)) ?? 0);
    expect(ends.filter((end) => end > 0 && end <= user.windowMs).length).toBeGreaterThan(0);
  });

  it("slow, makes nobody wait: each instance counts by itself until it answers again", async () => {
    const person = await makeCustomer(app.database);
    line.blackHole();
    const startedAtMs = performance.now();
    expect(await send(person, 2)).toEqual([200, 200]);
    expect(performance.now() - startedAtMs).toBeLessThan(4_000);
    await line.mend();
    await until(areReady);
    expect(await send(await makeCustomer(app.database), 4)).toEqual([200, 200, 200, 429]);
  });

  it("killed, is missed by nobody: limits hold per process, and together when it is back", async () => {
    const person = await makeCustomer(app.database);
    await killRedis();
    await until(() => !areReady());
    expect(await send(person, MESSAGES * 2 + 2)).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
    server = startRedis();
    await until(areReady);
    expect(await send(await makeCustomer(app.database), 4)).toEqual([200, 200, 200, 429]);
  });
}
