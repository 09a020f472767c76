import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { makeCustomer, makePerson, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import {
  chat,
  chatJson,
  ORIGIN,
  readRefusal,
  startApp,
  trpc,
  type AppUnderTest,
  type ChatBody,
} from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer, eventsOf } from "../support/read-answer.ts";
import { startScript } from "../support/run-script.ts";
import { until } from "../support/until.ts";

const MODEL = "openai/gpt-5.4-mini";

let app: AppUnderTest;
let other: ChildProcessWithoutNullStreams;
let otherUrl: string;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  other = startScript("tests/support/http-door-main.ts");
  const [line] = (await once(other.stdout, "data")) as [Buffer];
  otherUrl = line.toString().trim();
  person = await makeCustomer(app.database, { locale: "en" });
});

beforeEach(() => {
  app.simulator.reset();
});

afterAll(async () => {
  other.stdin.end();
  await once(other, "exit");
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** The same request at the other instance of the product. */
function chatElsewhere(body: ChatBody, signal?: AbortSignal): Promise<Response> {
  return fetch(`${otherUrl}/webapi/chat/auto`, {
    method: "POST",
    headers: { origin: ORIGIN, cookie: person.cookie, "content-type": "application/json" },
    body: chatJson(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

const question = (script = {}) => ({ messageId: randomUUID(), model: MODEL, text: ask(script) });

/** The provider has said so many chunks and is silent. */
const paused = (chunks: number) =>
  app.simulator.until(([call]) => call?.textSent.length === chunks * 16);

async function logsOf(turnId: string): Promise<number> {
  const [row] = await app.database.sql`
    select count(*)::int as logs from usage_logs where turn_id = ${turnId}`;
  return Number(row?.["logs"]);
}

it("fifty at once and one later get one answer of one call, booked once", async () => {
  const body = question({ output: 40 });
  const all = await Promise.all(
    Array.from({ length: 50 }, async () => readAnswer(await chat(person, body))),
  );
  const later = await readAnswer(await chat(person, body));
  const answers = [...all, later];
  expect(app.simulator.calls).toHaveLength(1);
  expect(await logsOf(body.messageId)).toBe(1);
  expect(answers.filter((answer) => !answer.isReplayed)).toHaveLength(1);
  expect(later.isReplayed).toBe(true);
  const [call] = app.simulator.calls;
  for (const answer of answers) {
    const { text, receipt, decision, conversationId, isDone, finishReason } = answer;
    expect(text).toBe(call?.textSent);
    expect({ isDone, finishReason }).toEqual({ isDone: true, finishReason: "stop" });
    expect({ receipt, decision, conversationId }).toEqual({
      receipt: later.receipt,
      decision: later.decision,
      conversationId: later.conversationId,
    });
  }
});

it("the way an answer travels is not part of what was asked", async () => {
  const body = question();
  const streamed = await readAnswer(await chat(person, body));
  const whole = await chat(person, { ...body, stream: false });
  expect(await whole.json()).toMatchObject({
    choices: [{ message: { content: streamed.text } }],
    pho: { replayed: true, receipt: streamed.receipt },
  });
  expect(app.simulator.calls).toHaveLength(1);
});

describe("an id that was used is refused", () => {
  it.each([
    ["another text", (body: ChatBody) => ({ ...body, text: "Something else" })],
    ["another model", (body: ChatBody) => ({ ...body, model: "auto" })],
    ["another cap", (body: ChatBody) => ({ ...body, max_tokens: 3_000 })],
  ])("with %s", async (_name, change) => {
    const body = question();
    await readAnswer(await chat(person, body));
    const refusal = await readRefusal(await chat(person, change(body)));
    expect(refusal).toMatchObject({ status: 409, code: "idempotency_conflict" });
    expect(await logsOf(body.messageId)).toBe(1);
  });

  it("while its turn runs as well", async () => {
    const body = question({ pauseAfter: 1 });
    const running = await chat(person, body);
    const refusal = await readRefusal(await chat(person, { ...body, text: "Something else" }));
    expect(refusal.status).toBe(409);
    await paused(1);
    app.simulator.release();
    expect((await readAnswer(running)).receipt?.state).toBe("complete");
  });

  it("by another member of the organisation, even with the same body", async () => {
    const body = question();
    const colleague = await makeCustomer(app.database);
    await app.database.sql`
      insert into turns (org_id, id, user_id, body_hash, state, heartbeat_at, finished_at)
      values (${person.orgId}, ${body.messageId}, ${colleague.userId}, 'hash', 'finished', app_now(), app_now())`;
    const refusal = await readRefusal(await chat(person, body));
    expect(refusal).toMatchObject({ status: 409, code: "idempotency_conflict" });
    expect(app.simulator.calls).toEqual([]);
  });

  it("but two organisations may use the same one", async () => {
    const body = question();
    const stranger = await makeCustomer(app.database);
    await readAnswer(await chat(person, body));
    const answer = await readAnswer(await chat(stranger, body));
    expect(answer).toMatchObject({ isReplayed: false, isDone: true });
    expect(app.simulator.calls).toHaveLength(2);
  });
});

describe("a refusal under its id", () => {
  it("for the budget is replayed, even after money came", async () => {
    const poor = await makeCustomer(app.database, { budgetMicroVnd: 1n, locale: "en" });
    const body = question();
    const first = await readRefusal(await chat(poor, body));
    const owner = await findOwner(app.database.db, { email: poor.email, requestId: "test" });
    const word = { actor: "test", reason: "money came" };
    await setBudget(owner, { amountMicroVnd: 10_000_000_000_000n, ...word });
    const second = await readRefusal(await chat(poor, body));
    const { requestId: _first, ...stored } = first;
    expect(second).toMatchObject(stored);
    expect(stored).toMatchObject({ status: 402, code: "budget_exhausted", remainingMicroVnd: "1" });
    expect(app.simulator.calls).toEqual([]);
    const fresh = await readAnswer(await chat(poor, { ...body, messageId: randomUUID() }));
    expect(fresh.isDone).toBe(true);
  });

  it("for the messages of a day is replayed with the time to wait", async () => {
    const free = await makePerson(app.database);
    await app.database.sql`
      insert into daily_counters (scope, subject_id, day, messages)
      values ('org', ${free.orgId}, (app_now() at time zone 'Asia/Ho_Chi_Minh')::date, 20)`;
    const body = { messageId: randomUUID() };
    const first = await readRefusal(await chat(free, body));
    const second = await readRefusal(await chat(free, body));
    expect(second.code).toBe("message_limit_reached");
    expect(second.error.message).toBe(first.error.message);
    expect(Number(first.retryAfter) - Number(second.retryAfter)).toBeLessThan(5);
    await app.database.sql`delete from daily_counters where subject_id = ${free.orgId}`;
  });

  it("for a wrong body leaves the id free", async () => {
    const body = question();
    const wrong = await chat(person, { ...body, model: "openai/no-such-model" });
    expect(wrong.status).toBe(400);
    expect((await readAnswer(await chat(person, body))).isDone).toBe(true);
  });

  it("of a provider that failed at once is replayed as the failure it was", async () => {
    const body = question({ status: 400 });
    const first = await readRefusal(await chat(person, body));
    const second = await readRefusal(await chat(person, body));
    expect([first.status, second.status]).toEqual([502, 502]);
    expect(app.simulator.calls).toHaveLength(1);
  });
});

describe("a retry", () => {
  it("answers the same question again as the next version", async () => {
    const first = await readAnswer(await chat(person, { model: MODEL, text: "First question" }));
    const { conversationId } = first;
    const asked = question({ output: 5 });
    await readAnswer(await chat(person, { ...asked, conversationId }));
    const again = { ...question({ output: 9 }), conversationId, retryOf: asked.messageId };
    const answer = await readAnswer(await chat(person, again));
    expect(answer.isDone).toBe(true);
    const detail = await trpc(person, "chat.getConversation", { input: { conversationId } });
    expect(detail.data).toMatchObject({
      messages: [
        { role: "user" },
        { role: "assistant" },
        { role: "user", turnId: asked.messageId },
        { role: "assistant", version: 1 },
        { role: "assistant", version: 2, turnId: again.messageId },
      ],
      runningTurnIds: [],
    });
  });

  it("of nothing is refused", async () => {
    const { conversationId } = await readAnswer(await chat(person, { model: MODEL }));
    const body = { conversationId, retryOf: randomUUID() };
    const refusal = await readRefusal(await chat(person, body));
    expect(refusal).toMatchObject({ status: 400, code: "invalid_input" });
  });
});

describe("on two instances of the product", () => {
  it("a follower elsewhere gets the stored answer", async () => {
    const body = question({ pauseAfter: 3 });
    const here = await chat(person, body);
    const elsewhere = chatElsewhere(body);
    await paused(3);
    app.simulator.release();
    const [first, second] = await Promise.all([readAnswer(here), readAnswer(await elsewhere)]);
    expect(second).toMatchObject({ text: first.text, receipt: first.receipt, isDone: true });
    expect([first.isReplayed, second.isReplayed]).toEqual([false, true]);
    expect(app.simulator.calls).toHaveLength(1);
  });

  it("twenty on each race for one call", async () => {
    const body = question({ output: 12 });
    const all = await Promise.all(
      Array.from({ length: 40 }, async (_, index) =>
        readAnswer(await (index % 2 === 0 ? chat(person, body) : chatElsewhere(body))),
      ),
    );
    expect(app.simulator.calls).toHaveLength(1);
    expect(await logsOf(body.messageId)).toBe(1);
    expect(new Set(all.map((answer) => answer.text)).size).toBe(1);
    expect(all.filter((answer) => !answer.isReplayed)).toHaveLength(1);
  });

  it("a follower elsewhere gets the partial answer when the starter leaves", async () => {
    const body = question({ output: 40, pauseAfter: 5 });
    const gone = new AbortController();
    const here = await chat(person, body, { signal: gone.signal });
    const events = eventsOf(here);
    for (let index = 0; index < 6; index += 1) await events.next();
    const elsewhere = chatElsewhere(body);
    await until(() => isPolled(body.messageId));
    gone.abort();
    const answer = await readAnswer(await elsewhere);
    expect(answer).toMatchObject({ isReplayed: true, receipt: { state: "interrupted" } });
    expect(answer.text).toBe(app.simulator.calls[0]?.textSent);
  });

  /** The other instance has asked for the turn's state since it began to run. */
  async function isPolled(turnId: string): Promise<boolean> {
    const rows = await app.database.sql`
      select 1 from pg_stat_activity a, turns t
       where a.datname = current_database() and a.application_name = 'pho-chat' and a.state = 'idle'
         and a.query like '%from "turns"%' and t.id = ${turnId} and a.query_start > t.created_at`;
    return rows.length > 0;
  }
});
