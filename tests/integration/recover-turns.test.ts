import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expireReservations } from "@/features/ledger/expire-reservations.ts";
import { recoverTurns } from "@/features/chat/recover-turns.ts";
import { makeCustomer } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chat, readRefusal, startApp, trpc, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { readAnswer } from "../support/read-answer.ts";
import { setClock } from "../support/test-database.ts";

/** Turns whose process is gone: played by copies of rows, so that nobody is left who could end them. */
let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});

beforeEach(() => {
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

const MODEL = "openai/gpt-5.4-mini";

type Left = { readonly isDispatched: boolean; readonly text: string | null };

/**
 * Leaves a turn as a killed process does: reserved, perhaps sent, perhaps with a part of its answer
 * saved. @returns the id of the turn.
 */
async function leaveTurn(orgId: string, userId: string, left: Left): Promise<string> {
  const { sql } = app.database;
  const [turnId, gone, question, answer] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await sql`insert into app_processes (id, host, process_id, ended_at) values (${gone}, 'gone', 1, now())`;
  const claim = {
    ...{
      orgId,
      userId,
      turnId,
      conversationId: randomUUID(),
      isNewConversation: true,
      title: "Left",
    },
    ...{ bodyHash: "hash", now: new Date().toISOString(), decision: null, processId: gone },
    ...{
      questionMessageId: question,
      answerMessageId: answer,
      question: [{ type: "text", text: "Q" }],
    },
  };
  const [period] = await sql`select id from budget_periods where org_id = ${orgId}`;
  const [price] =
    await sql`select id from model_prices where model_id = ${MODEL} and valid_to is null
                             and context_tokens_min = 0`;
  const [rate] = await sql`select id from exchange_rates where valid_to is null`;
  const reserve = {
    ...{
      orgId,
      userId,
      turnId,
      periodId: period?.["id"],
      purpose: "chat",
      holdMicroVnd: "900000000",
    },
    ...{ memberLimitMicroVnd: null, day: "2026-11-21", now: new Date().toISOString() },
    counters: [
      { scope: "org", subjectId: orgId, capMicroVnd: null, messages: 1, messagesMax: null },
    ],
    expiresAt: new Date(Date.now() + 720_000).toISOString(),
    ...{ modelId: MODEL, priceId: price?.["id"], rateId: rate?.["id"], inputTokensEstimated: 40 },
  };
  const [row] = await sql`
    select reserve_call(claim_turn(${JSON.stringify(claim)}::text::jsonb), ${JSON.stringify(reserve)}::text::jsonb) as result`;
  const { providerCallId } = row?.["result"] as { providerCallId: string };
  if (left.isDispatched) {
    await sql`update provider_calls set dispatched_at = now() where id = ${providerCallId}`;
  }
  if (left.text !== null) {
    const parts = JSON.stringify([{ type: "text", text: left.text }]);
    await sql`
      insert into messages (id, conversation_id, org_id, user_id, turn_id, role, parts, state, reply_to)
      values (${answer}, ${claim.conversationId}, ${orgId}, ${userId}, ${turnId}, 'assistant', ${parts}::text::jsonb,
              'interrupted', ${question})`;
  }
  return turnId;
}

async function stateOf(turnId: string) {
  const [row] = await app.database.sql`
    select t.state, t.receipt, t.refusal->>'code' as code, r.state as hold, m.role, m.state as item,
           m.parts->0->>'text' as text, p.reserved_micro_vnd::text as reserved,
           (select count(*)::int from usage_logs l where l.turn_id = t.id and l.kind = 'usage') as logs,
           (select coalesce(sum(cost_micro_vnd), 0)::text from usage_logs l where l.turn_id = t.id) as cost
      from turns t join reservations r on r.turn_id = t.id join budget_periods p on p.id = r.period_id
      left join messages m on m.turn_id = t.id and m.role in ('assistant', 'notice')
     where t.id = ${turnId}`;
  return row;
}

/** A customer with an open period. */
async function customer() {
  const person = await makeCustomer(app.database, {});
  await trpc(person, "costOptimization.getUsageSummary");
  return person;
}

describe("a turn whose process is gone", () => {
  it("before anything was sent gives all back, the message of the day too", async () => {
    const person = await customer();
    const turnId = await leaveTurn(person.orgId, person.userId, {
      isDispatched: false,
      text: null,
    });
    await recoverTurns(app.database.db);
    expect(await stateOf(turnId)).toMatchObject({
      ...{
        state: "failed",
        code: "overloaded",
        hold: "expired",
        reserved: "0",
        logs: 0,
        cost: "0",
      },
      ...{ role: "notice", item: "failed" },
    });
    const [day] = await app.database.sql`
      select messages, reserved_micro_vnd::text from daily_counters where subject_id = ${person.orgId}`;
    expect(day).toEqual({ messages: 0, reserved_micro_vnd: "0" });
  });

  it("after it was sent is booked by its input, and credited: nothing came of it", async () => {
    const person = await customer();
    const turnId = await leaveTurn(person.orgId, person.userId, { isDispatched: true, text: null });
    await recoverTurns(app.database.db);
    expect(await stateOf(turnId)).toMatchObject({
      ...{ state: "failed", hold: "settled", reserved: "0", logs: 1, cost: "0" },
      receipt: { source: "estimated", state: "failed", tokens: { freshInput: 40, output: 0 } },
    });
  });

  it("in the middle of its answer keeps the part, marked, and books what was seen", async () => {
    const person = await customer();
    const text = "The sky is blue because short waves scatter more.";
    const turnId = await leaveTurn(person.orgId, person.userId, { isDispatched: true, text });
    await recoverTurns(app.database.db);
    const row = await stateOf(turnId);
    expect(row).toMatchObject({
      ...{ state: "finished", code: null, hold: "settled", reserved: "0", logs: 1, text },
      ...{ role: "assistant", item: "interrupted" },
      receipt: {
        source: "estimated",
        state: "interrupted",
        tokens: { freshInput: 40, output: 10 },
      },
    });
    expect(BigInt(row?.["cost"] as string)).toBeGreaterThan(0n);
  });

  it("is recovered once, however many do it at once", async () => {
    const person = await customer();
    const left = { isDispatched: true, text: "Half an answer" };
    const turnId = await leaveTurn(person.orgId, person.userId, left);
    const ended = await Promise.all(Array.from({ length: 8 }, () => recoverTurns(app.database.db)));
    expect(ended.reduce((sum, { recovered }) => sum + recovered, 0)).toBe(1);
    expect(await stateOf(turnId)).toMatchObject({ logs: 1, hold: "settled", reserved: "0" });
  });

  it("answers its id with what was kept", async () => {
    const person = await customer();
    const turnId = await leaveTurn(person.orgId, person.userId, {
      isDispatched: false,
      text: null,
    });
    await recoverTurns(app.database.db);
    const refusal = await readRefusal(await chat(person, { messageId: turnId }));
    expect(refusal.code).toBe("idempotency_conflict");
  });
});

it("a turn whose process lives is left alone until its hold has expired", async () => {
  const person = await customer();
  const text = ask({ output: 40, pauseAfter: 2 });
  const response = await chat(person, { model: MODEL, text });
  await app.simulator.until(([call]) => (call?.textSent.length ?? 0) > 0);
  expect(await recoverTurns(app.database.db)).toEqual({ recovered: 0 });
  expect(await expireReservations(app.database.db)).toEqual({ expired: 0 });
  await setClock(app.database.sql, new Date(Date.now() + 13 * 60_000));
  expect(await recoverTurns(app.database.db)).toEqual({ recovered: 1 });
  await setClock(app.database.sql, null);
  app.simulator.release();
  const answer = await readAnswer(response);
  expect(answer.receipt).toMatchObject({ state: "complete" });
  // The estimate, its credit (no word was saved yet), and the difference that the answer really cost.
  expect(answer.receipt?.usageLogIds).toHaveLength(3);
});

it("a hold of no turn is given back, or booked, once it has expired", async () => {
  const person = await customer();
  const { sql } = app.database;
  for (const isDispatched of [false, true]) {
    const turnId = await leaveTurn(person.orgId, person.userId, { isDispatched, text: null });
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`update reservations set turn_id = null, purpose = 'title', expires_at = now() - interval '1 minute'
                where turn_id = ${turnId}`;
      await tx`update provider_calls set purpose = 'title' where reservation_id in
                 (select id from reservations where purpose = 'title')`;
      await tx`delete from messages where turn_id = ${turnId}`;
      await tx`delete from turns where id = ${turnId}`;
      await tx`update daily_counters set messages = 0 where subject_id = ${person.orgId}`;
    });
  }
  expect(await expireReservations(app.database.db)).toEqual({ expired: 2 });
  const holds =
    await sql`select state from reservations where org_id = ${person.orgId} order by state`;
  expect(holds.map((row) => row["state"])).toEqual(["expired", "settled"]);
});
