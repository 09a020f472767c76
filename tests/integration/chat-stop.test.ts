import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, chatJson, ORIGIN, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { serveDoors, type HttpDoor } from "../support/http-door.ts";
import { eventsOf, readAnswer } from "../support/read-answer.ts";
import { until } from "../support/until.ts";

const MODEL = "openai/gpt-5.4-mini";
const CHUNKS = 60;

let app: AppUnderTest;
let door: HttpDoor;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  door = await serveDoors();
  person = await makeCustomer(app.database);
});

beforeEach(() => {
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await door.close();
  await app.stop();
});

/** An answer of 60 chunks that falls silent at a share of them, so that the stop is not a race. */
const scriptPausedAt = (share: number) => ({
  output: CHUNKS * 4,
  tokensPerChunk: 4,
  pauseAfter: Math.round(CHUNKS * share),
});

/** Reads until `events` events came (the first tells the role) and leaves the body open. */
async function readSome(response: Response, events: number) {
  const reader = eventsOf(response);
  for (let index = 0; index < events; index += 1) await reader.next();
}

async function endOfTurn(turnId: string) {
  return until(async () => {
    const [row] = await app.database.sql`
      select t.state, t.receipt, t.conversation_id, m.state as answer, m.parts->0->>'text' as text,
             (select jsonb_agg(jsonb_build_object('source', l.source, 'output', l.output_tokens))
                from usage_logs l where l.turn_id = t.id) as logs,
             (select sum(reserved_micro_vnd) from budget_periods) as reserved
        from turns t left join messages m on m.turn_id = t.id and m.role = 'assistant'
       where t.id = ${turnId} and t.state <> 'running'`;
    return row;
  });
}

type Leaving = {
  readonly name: string;
  /** Sends the question, leaves after so many chunks. @returns the instant it left. */
  readonly leave: (messageId: string, share: number) => Promise<number>;
};

const ways: readonly Leaving[] = [
  {
    name: "Stop (the request is aborted)",
    leave: async (messageId, share) => {
      const gone = new AbortController();
      const text = ask(scriptPausedAt(share));
      const response = await chat(
        person,
        { messageId, model: MODEL, text },
        { signal: gone.signal },
      );
      await readSome(response, 1 + CHUNKS * share);
      gone.abort();
      return Date.now();
    },
  },
  {
    name: "a closed reader (the body is cancelled)",
    leave: async (messageId, share) => {
      const text = ask(scriptPausedAt(share));
      const response = await chat(person, { messageId, model: MODEL, text });
      const reader = response.body?.getReader();
      for (let text = ""; text.split("data: ").length - 1 < 1 + CHUNKS * share;) {
        text += new TextDecoder().decode((await reader?.read())?.value);
      }
      await reader?.cancel();
      return Date.now();
    },
  },
  {
    name: "a closed tab (the socket is closed)",
    leave: async (messageId, share) => {
      const gone = new AbortController();
      const response = await fetch(`${door.url}/webapi/chat/auto`, {
        method: "POST",
        headers: { origin: ORIGIN, cookie: person.cookie, "content-type": "application/json" },
        body: chatJson({ messageId, model: MODEL, text: ask(scriptPausedAt(share)) }),
        signal: gone.signal,
      });
      await readSome(response, 1 + CHUNKS * share);
      gone.abort();
      return Date.now();
    },
  },
];

describe.each([0.1, 0.5])("at %f of the answer", (share) => {
  it.each(ways)("$name ends the provider's call and keeps what was said", async ({ leave }) => {
    const messageId = randomUUID();
    const leftAt = await leave(messageId, share);
    await app.simulator.until(([call]) => call?.disconnectedAt !== null);
    const call = app.simulator.calls[0];
    expect((call?.disconnectedAt ?? 0) - leftAt).toBeLessThan(1_000);

    const turn = await endOfTurn(messageId);
    expect(turn).toMatchObject({
      state: "finished",
      answer: "interrupted",
      text: call?.textSent,
      reserved: "0",
      receipt: { state: "interrupted", source: "estimated" },
    });
    expect(turn["logs"]).toEqual([{ source: "estimated", output: expect.any(Number) }]);
    expect(String(turn["text"]).length).toBe(CHUNKS * share * 16);

    app.simulator.reset();
    const conversationId = String(turn["conversation_id"]);
    const next = await readAnswer(
      await chat(person, { conversationId, model: MODEL, text: ask({ output: 4 }, "Go on") }),
    );
    expect(next.receipt?.state).toBe("complete");
    expect(app.simulator.calls[0]?.requestBody).toMatchObject({
      messages: [{ role: "user" }, { role: "assistant", content: turn["text"] }, { role: "user" }],
    });
  });
});

it("a reader that leaves before the first word is charged for what was asked", async () => {
  const messageId = randomUUID();
  const gone = new AbortController();
  const text = ask({ pauseBeforeHead: true });
  const response = chat(person, { messageId, model: MODEL, text }, { signal: gone.signal });
  await app.simulator.waitForCalls(1);
  gone.abort();
  await app.simulator.waitForEnds(1);
  const turn = await endOfTurn(messageId);
  expect(turn).toMatchObject({ state: "finished", answer: "interrupted", text: "", reserved: "0" });
  expect(turn["logs"]).toEqual([{ source: "estimated", output: 0 }]);
  await response;
});

it("a provider slower than its reader's patience is stopped by the reader, not by us", async () => {
  const text = ask({ output: 40, tokensPerChunk: 4, delayMsPerChunk: 20 });
  const answer = await readAnswer(await chat(person, { model: MODEL, text }));
  expect(answer).toMatchObject({ isDone: true, receipt: { state: "complete" } });
});

describe("several readers of one turn", () => {
  const body = () => ({ messageId: randomUUID(), model: MODEL, text: ask(scriptPausedAt(0.5)) });

  it("the first may leave while another waits on this process", async () => {
    const question = body();
    const gone = new AbortController();
    const first = await chat(person, question, { signal: gone.signal });
    await readSome(first, 1 + CHUNKS / 2);
    const second = await follow(question);
    gone.abort();
    app.simulator.release();
    const answer = await readAnswer(await second.response);
    expect(answer).toMatchObject({ isReplayed: true, isDone: true });
    expect(answer.receipt?.state).toBe("complete");
    expect(app.simulator.calls[0]?.disconnectedAt).toBeNull();
  });

  it("the provider is stopped when the last of many that came at once has left", async () => {
    const question = body();
    const gone = new AbortController();
    const all = await contend(() =>
      Array.from({ length: 6 }, () => chat(person, question, { signal: gone.signal })),
    );
    await readSome(await Promise.race(all), 1 + CHUNKS / 2);
    const leftAt = Date.now();
    gone.abort();
    await app.simulator.until(([call]) => call?.disconnectedAt !== null);
    expect((app.simulator.calls[0]?.disconnectedAt ?? 0) - leftAt).toBeLessThan(1_000);
    expect((await endOfTurn(question.messageId))["answer"]).toBe("interrupted");
    await Promise.all(all);
  });

  /** Asks the same again, and returns when that request has read its facts and waits in memory. */
  async function follow(question: ReturnType<typeof body>) {
    const { sql } = app.database;
    const [clock] = await sql`select clock_timestamp() as now`;
    const response = chat(person, question);
    await until(async () => {
      const rows = await sql`
        select 1 from pg_stat_activity
         where datname = current_database() and application_name = 'pho-chat' and state = 'idle'
           and query like '%with clock as%' and query_start > ${clock?.["now"]}`;
      return rows.length > 0;
    });
    await sql`select 1`;
    return { response };
  }

  /** Keeps the period locked until all those requests stand at the door of their reservation. */
  async function contend(start: () => Promise<Response>[]): Promise<Promise<Response>[]> {
    const held = await app.database.sql.begin(async (sql) => {
      await sql`select 1 from budget_periods where org_id = ${person.orgId} for update`;
      const all = start();
      await until(async () => {
        const [row] = await app.database.sql`
          select count(*)::int as waiting from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`;
        return row?.["waiting"] === all.length;
      });
      // In an object: a transaction waits for promises it is given in a list.
      return { all };
    });
    return held.all;
  }
});
