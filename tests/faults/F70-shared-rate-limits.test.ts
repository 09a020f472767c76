import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatDoor } from "@/api/doors/chat.ts";
import { trpcDoor } from "@/api/doors/trpc.ts";
import { doorLimits, type LimitTable } from "@/api/door-limits.ts";
import { makeRateLimiter, type RateLimiter } from "@/server/rate-limits.ts";
import { makeCustomer } from "../factories/people.ts";
import { chatJson, ORIGIN, startApp, type AppUnderTest } from "../support/app-under-test.ts";

const MINUTE_MS = 60_000;

let app: AppUnderTest;
/** Two instances of the product, each with its own memory. */
let instances: readonly RateLimiter[];

beforeAll(async () => {
  app = await startApp({ settings: { TRUSTED_PROXY_HOPS: "1" } });
  const { $client: sql } = app.database.db;
  instances = [makeRateLimiter({ sql, redis: null }), makeRateLimiter({ sql, redis: null })];
});

afterAll(() => app.stop());

type Post = {
  readonly limits: Partial<LimitTable["chat"]>;
  readonly instance?: number;
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

function post({ limits, instance = 0, cookie = "", headers = {} }: Post): Promise<Response> {
  const request = new Request(`${ORIGIN}/webapi/chat/auto`, {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "application/json", cookie, ...headers },
    body: chatJson({}),
  });
  const limiter = instances[instance] ?? instances[0];
  const table = { ...doorLimits, chat: { ...doorLimits.chat, ...limits } };
  return chatDoor(
    request,
    { provider: "auto" },
    { limits: table, ...(limiter === undefined ? {} : { limiter }) },
  );
}

const limitOf = (countMax: number) => ({ countMax, windowMs: MINUTE_MS });

/** The status, once the answer is read to its end. */
async function statusOf(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.text();
  return response.status;
}

describe("F70 rate limits", () => {
  it("hold for a user over all instances, and are told in standard headers", async () => {
    const { cookie } = await makeCustomer(app.database);
    const limits = { user: limitOf(3) };
    const first = await post({ limits, cookie });
    await first.text();
    expect(first.headers.get("ratelimit-policy")).toContain('"chat-user";q=3;w=60');
    expect(first.headers.get("ratelimit")).toMatch(/"chat-user";r=2;t=\d+/);
    expect(first.headers.get("ratelimit-limit")).toBe("3");
    expect(first.headers.get("ratelimit-remaining")).toBe("2");
    const statuses = [];
    for (const instance of [1, 0, 1, 0]) {
      statuses.push(await statusOf(post({ limits, cookie, instance })));
    }
    expect(statuses).toEqual([200, 200, 429, 429]);
    const calls = app.simulator.calls.length;
    const refused = await post({ limits, cookie });
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await refused.json()).toMatchObject({ error: { code: "rate_limited" } });
    expect(refused.headers.get("ratelimit-remaining")).toBe("0");
    expect(app.simulator.calls).toHaveLength(calls);
  });

  it("hold for an address whatever a caller claims to be", async () => {
    const limits = { address: limitOf(3) };
    const statuses = [];
    for (let index = 0; index < 5; index += 1) {
      const headers = {
        "x-forwarded-for": `10.9.9.${index}, 203.0.113.7`,
        "x-real-ip": `10.8.8.${index}`,
        forwarded: `for=10.7.7.${index}`,
        host: `other-${index}.example`,
      };
      statuses.push(await statusOf(post({ limits, headers, instance: index % 2 })));
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const elsewhere = { "x-forwarded-for": "203.0.113.8" };
    expect(await statusOf(post({ limits, headers: elsewhere }))).toBe(401);
  });

  it("hold for a user who comes from ever new addresses", async () => {
    const { cookie } = await makeCustomer(app.database);
    const limits = { user: limitOf(2) };
    const statuses = [];
    for (let index = 0; index < 3; index += 1) {
      const headers = { "x-forwarded-for": `198.51.100.${index}` };
      statuses.push(await statusOf(post({ limits, cookie, headers })));
    }
    expect(statuses).toEqual([200, 200, 429]);
  });

  it("cost a flood of strangers no statement once it is refused", async () => {
    const limits = { address: limitOf(2) };
    const headers = { "x-forwarded-for": "203.0.113.99" };
    for (let index = 0; index < 3; index += 1) await statusOf(post({ limits, headers }));
    const counted = async () =>
      Number((await app.database.sql`select sum(points) as sum from rate_limits`)[0]?.["sum"]);
    const before = await counted();
    for (let index = 0; index < 20; index += 1) {
      expect(await statusOf(post({ limits, headers }))).toBe(429);
    }
    expect(await counted()).toBe(before);
  });

  it("count each procedure of a batch, drafts' prices apart", async () => {
    const { cookie } = await makeCustomer(app.database);
    const procedure = { ...doorLimits.procedure, user: limitOf(3) };
    const limits = { ...doorLimits, procedure };
    const [limiter] = instances;
    const parts = { limits, ...(limiter === undefined ? {} : { limiter }) };
    const get = (names: string) =>
      trpcDoor(
        new Request(`${ORIGIN}/api/trpc/${names}?batch=1&input=${encodeURIComponent("{}")}`, {
          headers: { cookie },
        }),
        parts,
      );
    expect((await get("orgs.getProfile,chat.listModels")).status).toBe(200);
    const refused = await get("orgs.getProfile,chat.listModels");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    const preview = await get("costOptimization.getOptimalModel");
    expect(preview.status).not.toBe(429);
    expect(preview.headers.get("ratelimit-policy")).toContain('"preview-user"');
  });

  it("begin anew when their window has ended", async () => {
    const { cookie } = await makeCustomer(app.database);
    const limits = { user: { countMax: 1, windowMs: 400 } };
    expect(await statusOf(post({ limits, cookie }))).toBe(200);
    const wait = performance.now() + 5_000;
    let status = await statusOf(post({ limits, cookie }));
    expect(status).toBe(429);
    while (status === 429 && performance.now() < wait) {
      status = await statusOf(post({ limits, cookie }));
    }
    expect(status).toBe(200);
  });

  it("are kept under keys that name nobody", async () => {
    const email = `${randomUUID()}@pho.example`;
    const [limiter] = instances;
    await limiter?.consume([{ name: "signIn", limit: limitOf(5), subject: email }]);
    const rows = await app.database.sql`select key from rate_limits where key like '%@%'`;
    expect(rows).toHaveLength(0);
  });
});
