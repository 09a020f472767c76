import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import { readRefusal, type ChatBody } from "../support/app-under-test.ts";
import { startFaultRig, type FaultRig } from "../support/fault-rig.ts";
import { consultOracle, markedQuestion } from "../support/oracle.ts";
import { untilQuiet } from "../support/quiescence.ts";
import { readAnswer } from "../support/read-answer.ts";
import { until } from "../support/until.ts";

const MODEL = "openai/gpt-5.4-mini";
const PAIRS = 50;

let rig: FaultRig;
let person: Person;

beforeAll(async () => {
  rig = await startFaultRig();
  person = await makeCustomer(rig.database, { locale: "en" });
});

beforeEach(() => {
  rig.simulator.reset();
});

afterAll(async () => {
  await untilQuiet(rig.database.sql);
  expect((await consultOracle(rig.database.sql, rig.simulator.everyCall)).faults).toEqual([]);
  await rig.stop();
});

const question = (): ChatBody & { messageId: string } => ({
  ...markedQuestion({ output: 12 }),
  model: MODEL,
});

async function rowsOf(turnIds: readonly string[]) {
  const [row] = await rig.database.sql`
    select (select count(*) from usage_logs where turn_id = any(${[...turnIds]}::uuid[]))::int as logs,
           (select count(*) from reservations where turn_id = any(${[...turnIds]}::uuid[]))::int as holds`;
  return row;
}

describe("F02 the same message id at two processes", () => {
  it("fifty pairs at once: each id is one call, one row, and one answer for both askers", async () => {
    const bodies = Array.from({ length: PAIRS }, question);
    const pairs = await Promise.all(
      bodies.map((body) =>
        Promise.all([0, 1].map(async (at) => readAnswer(await rig.app(at).chat(person, body)))),
      ),
    );
    expect(rig.simulator.calls).toHaveLength(PAIRS);
    expect(await rowsOf(bodies.map((body) => body.messageId))).toEqual({
      logs: PAIRS,
      holds: PAIRS,
    });
    for (const [one, other] of pairs) {
      expect(one?.text).not.toBe("");
      expect(one?.text).toBe(other?.text);
      expect(one?.receipt).toEqual(other?.receipt);
      expect([one?.isReplayed, other?.isReplayed].sort()).toEqual([false, true]);
    }
    const later = await readAnswer(await rig.app(1).chat(person, bodies[0] ?? question()));
    expect(later).toMatchObject({ isReplayed: true, text: pairs[0]?.[0]?.text });
    expect(rig.simulator.calls).toHaveLength(PAIRS);
  });

  it("another body under a used id is a conflict on either process, and nothing is spent", async () => {
    const body = question();
    rig.simulator.hold();
    const running = rig.app(0).chat(person, body);
    await until(() => rig.simulator.calls.length === 1);
    const before = await rowsOf([body.messageId]);
    for (const at of [0, 1]) {
      for (const change of [{ text: "Something else" }, { model: "auto" }, { max_tokens: 900 }]) {
        const refusal = await readRefusal(await rig.app(at).chat(person, { ...body, ...change }));
        expect(refusal).toMatchObject({ status: 409, code: "idempotency_conflict" });
      }
    }
    expect(await rowsOf([body.messageId])).toEqual(before);
    rig.simulator.release();
    expect((await readAnswer(await running)).isDone).toBe(true);
    const refusal = await readRefusal(
      await rig.app(1).chat(person, { ...body, text: "Too late as well" }),
    );
    expect(refusal.code).toBe("idempotency_conflict");
    expect(rig.simulator.calls).toHaveLength(1);
    expect(await rowsOf([body.messageId])).toEqual({ logs: 1, holds: 1 });
  });
});
