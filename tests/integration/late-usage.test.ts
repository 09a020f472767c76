import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { recoverTurns } from "@/features/chat/recover-turns.ts";
import { processId } from "@/server/process-id.ts";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { readAnswer } from "../support/read-answer.ts";
import { booksOf, costOf } from "../support/turn-books.ts";
import { until } from "../support/until.ts";

const MODEL = "openai/gpt-5.4-mini";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
});

beforeEach(async () => {
  forgetProviderHealth();
  app.simulator.reset();
  person = await makeCustomer(app.database);
  await app.database.sql`
    insert into app_processes (id, host, process_id) values (${processId()}, 'tests', ${process.pid})`;
});

afterEach(async () => {
  await app.database.sql`delete from app_processes`;
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

/** Everybody thinks that this process is dead; it goes on. */
const declareDead = () => app.database.sql`update app_processes set ended_at = clock_timestamp()`;

const recover = () => recoverTurns(app.database.db);

/** Asks, and leaves the answer running when its provider falls silent. */
async function askAndWait(script: SimulatorScript) {
  const messageId = randomUUID();
  const answering = chat(person, { messageId, model: MODEL, text: ask(script) });
  await app.simulator.waitForCalls(1);
  await until(async () => {
    const rows = await app.database.sql`
      select 1 from provider_calls c join reservations r on r.id = c.reservation_id
       where r.turn_id = ${messageId} and c.dispatched_at is not null`;
    return rows.length > 0;
  });
  return { messageId, answering };
}

/** A long answer that falls silent after its progress was saved. */
const halfWay: SimulatorScript = { input: 40, output: 800, tokensPerChunk: 50, pauseAfter: 8 };

async function untilProgressIsSaved(messageId: string): Promise<void> {
  await until(async () => {
    const rows = await app.database.sql`
      select 1 from messages
       where turn_id = ${messageId} and role = 'assistant' and length(parts->0->>'text') > 0`;
    return rows.length > 0;
  });
}

async function usedMicroVnd(): Promise<bigint> {
  const [row] = await app.database.sql`
    select used_micro_vnd::text as used from budget_periods where org_id = ${person.orgId}`;
  return BigInt(String(row?.["used"]));
}

describe("a process that was thought dead comes back", () => {
  it("with the whole answer: only the difference to the estimate is booked", async () => {
    const { messageId, answering } = await askAndWait(halfWay);
    await untilProgressIsSaved(messageId);
    await declareDead();
    expect(await recover()).toEqual({ recovered: 1 });
    const recovered = await booksOf(app.database.sql, messageId);
    expect(recovered).toMatchObject({
      ...{ state: "finished", holdState: "settled", reserved: "0" },
      answer: { role: "assistant", state: "interrupted" },
      receipt: { state: "interrupted", source: "estimated" },
    });
    expect(recovered.logs).toMatchObject([{ kind: "usage", source: "estimated" }]);
    const estimate = costOf(recovered.logs);
    expect(estimate).toBeGreaterThan(0n);
    expect(await usedMicroVnd()).toBe(estimate);

    app.simulator.release();
    const answer = await readAnswer(await answering);
    const [call] = app.simulator.calls;
    expect(answer).toMatchObject({ text: call?.textSent, isDone: true, error: null });
    const books = await booksOf(app.database.sql, messageId);
    expect(books.logs).toMatchObject([
      { kind: "usage", cost: estimate },
      { kind: "adjustment", reason: "late_usage", adjusts: recovered.logs[0]?.id },
    ]);
    expect(books.answer).toMatchObject({ state: "complete", text: call?.textSent });
    expect(books.state).toBe("finished");

    // What the provider billed is what all rows together cost.
    const plain = await plainCost(halfWay);
    expect(costOf(books.logs)).toBe(plain);
    expect(await usedMicroVnd()).toBe(2n * plain);
    expect(answer.receipt).toMatchObject({ state: "complete", costMicroVnd: plain.toString() });
    expect(answer.receipt?.usageLogIds.toSorted()).toEqual(
      books.logs.map(({ id }) => id).toSorted(),
    );
    expect(answer.receipt?.creditedMicroVnd).toBe("0");
    expect(books.receipt).toEqual(answer.receipt);
    const shown = await trpc(person, "chat.getConversation", {
      input: { conversationId: books.conversationId },
    });
    expect(shown.status).toBe(200);
  });

  it("before its first word was there: the credit of the failed answer is taken up again", async () => {
    const { messageId, answering } = await askAndWait({ ...halfWay, pauseBeforeHead: true });
    await declareDead();
    expect(await recover()).toEqual({ recovered: 1 });
    const recovered = await booksOf(app.database.sql, messageId);
    expect(recovered).toMatchObject({ state: "failed", holdState: "settled", reserved: "0" });
    expect(costOf(recovered.logs)).toBe(0n);

    app.simulator.release();
    await until(() => app.simulator.calls[0]?.startedAt !== null);
    await releasePause();
    const answer = await readAnswer(await answering);
    expect(answer).toMatchObject({ isDone: true, text: app.simulator.calls[0]?.textSent });
    const books = await booksOf(app.database.sql, messageId);
    expect(books).toMatchObject({
      ...{ state: "finished" },
      answer: { role: "assistant", state: "complete", text: answer.text },
    });
    const plain = await plainCost(halfWay);
    expect(costOf(books.logs)).toBe(plain);
    expect(answer.receipt?.costMicroVnd).toBe(plain.toString());
  });

  it("with a provider that refused: nothing is given back twice", async () => {
    const script: SimulatorScript = { pauseBeforeHead: true, status: 500 };
    const { messageId, answering } = await askAndWait(script);
    await declareDead();
    expect(await recover()).toEqual({ recovered: 1 });
    app.simulator.release();
    expect((await answering).status).toBe(502);
    const books = await booksOf(app.database.sql, messageId);
    expect(costOf(books.logs)).toBe(0n);
    expect(await usedMicroVnd()).toBe(0n);
    // A closed hold admits no further attempt.
    expect(app.simulator.calls).toHaveLength(1);
  });

  it("with a part of it: the longer part stays, billed as seen", async () => {
    const { messageId, answering } = await askAndWait({ ...halfWay, resetAfter: 12 });
    await untilProgressIsSaved(messageId);
    await declareDead();
    await recover();
    app.simulator.release();
    const answer = await readAnswer(await answering);
    expect(answer.error?.code).toBe("provider_failed");
    const books = await booksOf(app.database.sql, messageId);
    expect(books.answer).toMatchObject({ state: "interrupted", text: answer.text });
    expect(answer.text).toBe(app.simulator.calls[0]?.textSent);
    expect(answer.receipt?.costMicroVnd).toBe(costOf(books.logs).toString());
  });
});

describe("recovery", () => {
  it("beside itself books once", async () => {
    const { messageId, answering } = await askAndWait(halfWay);
    await untilProgressIsSaved(messageId);
    await declareDead();
    const all = await Promise.all([recover(), recover(), recover()]);
    expect(all.reduce((sum, { recovered }) => sum + recovered, 0)).toBe(1);
    expect((await booksOf(app.database.sql, messageId)).logs).toHaveLength(1);
    await releasePause();
    await readAnswer(await answering);
    expect(await recover()).toEqual({ recovered: 0 });
  });

  it("leaves the turns of living processes alone", async () => {
    const { messageId, answering } = await askAndWait(halfWay);
    await untilProgressIsSaved(messageId);
    expect(await recover()).toEqual({ recovered: 0 });
    await releasePause();
    const answer = await readAnswer(await answering);
    expect(answer.receipt).toMatchObject({ state: "complete", source: "reported" });
    expect((await booksOf(app.database.sql, messageId)).logs).toHaveLength(1);
  });

  it("finds nothing to do where the process was faster", async () => {
    const { messageId, answering } = await askAndWait(halfWay);
    await untilProgressIsSaved(messageId);
    await declareDead();
    await releasePause();
    await readAnswer(await answering);
    const before = await booksOf(app.database.sql, messageId);
    expect(await recover()).toEqual({ recovered: 0 });
    expect(await booksOf(app.database.sql, messageId)).toEqual(before);
  });
});

/** Lets the answer go on to its end, also where it comes to its pause only now, or to a second one. */
async function releasePause(): Promise<void> {
  await until(() => {
    app.simulator.release();
    return app.simulator.calls[0]?.endedAt !== null;
  });
}

/** What the same answer costs when nothing goes wrong. */
async function plainCost({ pauseAfter: _pause, ...script }: SimulatorScript): Promise<bigint> {
  app.simulator.reset();
  await app.database.sql`update app_processes set ended_at = null`;
  const messageId = randomUUID();
  const text = ask(script);
  await readAnswer(await chat(person, { messageId, model: MODEL, text }));
  return costOf((await booksOf(app.database.sql, messageId)).logs);
}
