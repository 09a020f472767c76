import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatDoor } from "@/api/doors/chat.ts";
import { trpcDoor } from "@/api/doors/trpc.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chatJson, ORIGIN, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const mutations = {
  "costOptimization.updateCostSettings": { enableCostOptimization: false },
  "orgs.updateProfile": { name: "Taken over" },
  "chat.deleteConversation": { conversationId: crypto.randomUUID() },
};

const foreign: readonly (string | null)[] = [
  null,
  "null",
  "https://evil.example",
  "http://localhost:3998",
  "https://localhost:3999",
  "http://localhost:3999.evil.example",
  "http://evil.example/http://localhost:3999",
  "http://localhost:3999, https://evil.example",
];

function request(url: string, origin: string | null, init: RequestInit = {}) {
  const headers = new Headers({ "content-type": "application/json", cookie: person.cookie });
  if (origin !== null) headers.set("origin", origin);
  for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
  return new Request(url, { method: "POST", ...init, headers });
}

const askTrpc = (path: string, origin: string | null, init: RequestInit = {}) =>
  trpcDoor(request(`${ORIGIN}/api/trpc/${path}`, origin, init));
const askChat = (origin: string | null, init: RequestInit = {}) =>
  chatDoor(request(`${ORIGIN}/webapi/chat/auto`, origin, { body: chatJson({}), ...init }), {
    provider: "auto",
  });

async function traces() {
  const [row] = await app.database.sql`
    select (select count(*)::int from turns) as turns, (select count(*)::int from user_cost_settings) as settings,
           (select name from users where id = ${person.userId}) as name`;
  return row;
}

describe("F68 a page of another origin, with the person's cookie", () => {
  it.each(foreign)("from %s gets nothing done", async (origin) => {
    const before = await traces();
    for (const [path, input] of Object.entries(mutations)) {
      const response = await askTrpc(path, origin, { body: JSON.stringify({ json: input }) });
      expect(response.status).toBe(403);
    }
    const response = await askChat(origin);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: "forbidden" } });
    expect(await traces()).toEqual(before);
    expect(app.simulator.calls).toEqual([]);
  });

  it("sends no form, plain text or multipart, even with our own origin", async () => {
    const before = await traces();
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ]) {
      const headers = { "content-type": type };
      expect((await askChat(ORIGIN, { headers })).status).toBe(415);
      for (const [path, input] of Object.entries(mutations)) {
        const body = JSON.stringify({ json: input });
        const response = await askTrpc(path, ORIGIN, { headers, body });
        expect([400, 415]).toContain(response.status);
      }
    }
    expect(await traces()).toEqual(before);
  });

  it("changes nothing by GET, HEAD or a method in disguise", async () => {
    const before = await traces();
    for (const [path, input] of Object.entries(mutations)) {
      const query = `${path}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
      expect((await askTrpc(query, null, { method: "GET" })).status).toBe(405);
      await askTrpc(query, null, { method: "HEAD" });
      const headers = { "x-http-method-override": "POST", "x-method": "POST" };
      expect((await askTrpc(query, null, { method: "GET", headers })).status).toBe(405);
    }
    expect(await traces()).toEqual(before);
  });

  it("reads nothing by a POST either, and our own page does", async () => {
    const path = "costOptimization.getUsageSummary";
    expect((await askTrpc(path, "https://evil.example", { body: "{}" })).status).toBe(403);
    const own = await askTrpc("costOptimization.updateCostSettings", ORIGIN, {
      body: JSON.stringify({ json: { softLanding: false } }),
    });
    expect(own.status).toBe(200);
    const read = await askTrpc(path, null, { method: "GET" });
    expect(read.status).toBe(200);
    expect(read.headers.get("access-control-allow-origin")).toBeNull();
  });
});
