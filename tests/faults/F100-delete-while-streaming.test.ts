import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { until } from "../support/until.ts";

const MODEL = "openai/gpt-5.4-mini";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database, { locale: "en" });
});

beforeEach(() => {
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const remove = (conversationId: string) =>
  trpc(person, "chat.deleteConversation", { method: "POST", input: { conversationId } });

async function leftOf(conversationId: string) {
  const [row] = await app.database.sql`
    select (select count(*)::int from conversations where id = ${conversationId}) as conversations,
           (select count(*)::int from messages where conversation_id = ${conversationId}) as messages,
           (select count(*)::int from turns where conversation_id = ${conversationId} and state = 'running') as running`;
  return row;
}

const nothing = { conversations: 0, messages: 0, running: 0 };

describe("F100 a conversation deleted while its answer streams", () => {
  it.each([
    ["its first answer", 0],
    ["its second answer", 1],
  ])("%s goes on to its end, is booked and leaves no text", async (_name, before) => {
    let conversationId: string | undefined;
    for (let index = 0; index < before; index += 1) {
      ({ conversationId } = await readAnswer(await chat(person, { model: MODEL, text: "Hi" })));
    }
    app.simulator.reset();
    const messageId = randomUUID();
    const script = { output: 400, tokensPerChunk: 100, delayMsPerChunk: 5, pauseAfter: 3 };
    const response = await chat(person, {
      ...{ messageId, model: MODEL, text: ask(script) },
      ...(conversationId === undefined ? {} : { conversationId }),
    });
    await app.simulator.until(([call]) => call?.textSent.length === 1_200);
    const [turn] = await app.database
      .sql`select conversation_id from turns where id = ${messageId}`;
    const id = String(turn?.["conversation_id"]);
    expect((await remove(id)).status).toBe(200);
    app.simulator.release();
    const answer = await readAnswer(response);
    expect(answer).toMatchObject({ isDone: true, error: null, receipt: { state: "complete" } });
    expect(await leftOf(id)).toEqual(nothing);
    const [log] = await app.database.sql`
      select conversation_id, source from usage_logs where turn_id = ${messageId}`;
    expect(log).toEqual({ conversation_id: id, source: "reported" });
    expect(
      (await trpc(person, "chat.getConversation", { input: { conversationId: id } })).status,
    ).toBe(404);
    const again = {
      messageId,
      model: MODEL,
      text: ask(script),
      ...(before === 0 ? {} : { conversationId: id }),
    };
    const replay = await chat(person, again);
    expect(replay.status).toBeLessThan(500);
  });

  it("at every moment of it, thirty times over, nothing breaks and nothing stays", async () => {
    const all = Array.from({ length: 30 }, async (_, index) => {
      const first = await readAnswer(
        await chat(person, { model: MODEL, text: ask({ output: 1 }) }),
      );
      const { conversationId } = first;
      const script = { output: 60, tokensPerChunk: 20, delayMsPerChunk: 5 };
      const running = chat(person, { conversationId, model: MODEL, text: ask(script) });
      await new Promise((resolve) => {
        setTimeout(resolve, index * 4);
      });
      const deleted = await remove(conversationId);
      const response = await running;
      if (response.status === 200) await readAnswer(response);
      return {
        deleted: deleted.status,
        status: response.status,
        left: await leftOf(conversationId),
      };
    });
    for (const { deleted, status, left } of await Promise.all(all)) {
      expect({ deleted, left }).toEqual({ deleted: 200, left: nothing });
      expect([200, 404]).toContain(status);
    }
  });

  it("between the question's arrival and its reservation, it is not found and costs nothing", async () => {
    const { conversationId } = await readAnswer(await chat(person, { model: MODEL, text: "Hi" }));
    app.simulator.reset();
    const response = await atTheReservation(
      () => chat(person, { conversationId, model: MODEL, text: "And now?" }),
      () => remove(conversationId),
    );
    expect(await readRefusal(response)).toMatchObject({ status: 404, code: "not_found" });
    expect(app.simulator.calls).toEqual([]);
    expect(await leftOf(conversationId)).toEqual(nothing);
  });

  it("between the question's arrival and its refusal, it is not found either", async () => {
    const { conversationId } = await readAnswer(await chat(person, { model: MODEL, text: "Hi" }));
    app.simulator.reset();
    const settings = "costOptimization.updateCostSettings";
    await trpc(person, settings, { method: "POST", input: { maxCostPerQueryMicroVnd: "1" } });
    const response = await atTheReservation(
      () => chat(person, { conversationId, model: MODEL, text: "And now?" }),
      () => remove(conversationId),
    );
    await trpc(person, settings, { method: "POST", input: { maxCostPerQueryMicroVnd: null } });
    expect([402, 404]).toContain(response.status);
    expect(await leftOf(conversationId)).toEqual(nothing);
  });

  /** Holds every new turn back at its first write until `meanwhile` is done. */
  async function atTheReservation(
    start: () => Promise<Response>,
    meanwhile: () => Promise<unknown>,
  ): Promise<Response> {
    const started = await app.database.sql.begin(async (sql) => {
      await sql`lock table turns in exclusive mode`;
      const response = start();
      await until(async () => {
        const rows = await app.database.sql`
          select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return rows.length > 0;
      });
      await meanwhile();
      return { response };
    });
    return started.response;
  }
});
