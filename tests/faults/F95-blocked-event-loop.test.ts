import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatDoor } from "@/api/doors/chat.ts";
import { wireLimits } from "@/api/doors/wire.ts";
import { expireReservations } from "@/features/ledger/expire-reservations.ts";
import { db } from "@/server/db/client.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chatJson, ORIGIN, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";

const TASKS = 50;
const TASK_MS = 100;
const HEARTBEAT_MS = 150;

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

/** Takes the processor for 100 ms at a time, letting the event loop turn once in between. */
async function burn(): Promise<void> {
  for (let task = 0; task < TASKS; task += 1) {
    const endsAt = performance.now() + TASK_MS;
    while (performance.now() < endsAt);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("F95 a process whose event loop is blocked again and again", () => {
  it("keeps its streams beating, expires no hold and finishes the answer", async () => {
    const request = new Request(`${ORIGIN}/webapi/chat/auto`, {
      method: "POST",
      headers: { origin: ORIGIN, "content-type": "application/json", cookie: person.cookie },
      body: chatJson({ text: ask({ output: 40, tokensPerChunk: 4, pauseAfter: 3 }) }),
    });
    const pace = { firstHeartbeatMs: HEARTBEAT_MS, heartbeatMs: HEARTBEAT_MS, limits: wireLimits };
    const answering = chatDoor(request, { provider: "auto" }, { pace }).then((response) =>
      readAnswer(response),
    );
    await app.simulator.waitForCalls(1);
    await burn();
    expect(await expireReservations(db())).toEqual({ expired: 0 });
    const [held] = await app.database.sql`
      select state from reservations where org_id = ${person.orgId}`;
    expect(held?.["state"]).toBe("held");
    app.simulator.release();
    const answer = await answering;
    expect(answer).toMatchObject({ isDone: true, error: null });
    expect(answer.receipt?.state).toBe("complete");
    // A beat for every second task at the least: none was lost for long.
    expect(answer.heartbeats).toBeGreaterThanOrEqual(TASKS / 4);
  });
});
