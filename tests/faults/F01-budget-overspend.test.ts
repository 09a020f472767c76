import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import { readRefusal } from "../support/app-under-test.ts";
import { startFaultRig, type FaultRig } from "../support/fault-rig.ts";
import { makeFixedHold } from "../support/fixed-hold.ts";
import { consultOracle } from "../support/oracle.ts";
import { untilQuiet } from "../support/quiescence.ts";
import { readAnswer } from "../support/read-answer.ts";
import { samplePeriod } from "../support/sample-period.ts";
import { until } from "../support/until.ts";

const CALLERS = 64;

/** Twenty in the long stage; the rule is the same with fewer. */
const TRIES = process.env["PHO_LONG"] === "1" ? 20 : 4;

let rig: FaultRig;

beforeAll(async () => {
  rig = await startFaultRig();
});

beforeEach(() => {
  rig.simulator.reset();
});

afterAll(async () => {
  expect((await consultOracle(rig.database.sql, rig.simulator.everyCall)).faults).toEqual([]);
  await rig.stop();
});

async function expectSettled(person: Person): Promise<void> {
  await untilQuiet(rig.database.sql);
  const [row] = await rig.database.sql`
    select p.reserved_micro_vnd::text as reserved, p.used_micro_vnd::text as used,
           (select sum(cost_micro_vnd)::text from usage_logs where period_id = p.id) as logged
      from budget_periods p where p.org_id = ${person.orgId}`;
  expect(row).toEqual({ reserved: "0", used: row?.["logged"], logged: expect.any(String) });
}

describe("F01 one budget, many callers on two processes", () => {
  it("of 64 at once on a budget for ten holds ten reach the provider, 54 are refused", async () => {
    const { ask, holdMicroVnd } = await makeFixedHold({ ...rig, chat: rig.app(0).chat });
    const person = await makeCustomer(rig.database, {
      budgetMicroVnd: holdMicroVnd * 10n,
      locale: "en",
    });
    const sampler = samplePeriod(rig.database, person.orgId);
    rig.simulator.hold();
    const refused: Response[] = [];
    const all = Array.from({ length: CALLERS }, async (_, index) => {
      const response = await rig.app(index % 2).chat(person, ask());
      if (response.status !== 200) refused.push(response);
      return response;
    });
    await until(() => refused.length + rig.simulator.calls.length >= CALLERS);
    expect(rig.simulator.calls).toHaveLength(10);
    rig.simulator.release();
    const responses = await Promise.all(all);
    const served = responses.filter((response) => response.status === 200);
    const answers = await Promise.all(served.map((response) => readAnswer(response)));
    expect(answers.map((answer) => answer.receipt?.state)).toEqual(Array(10).fill("complete"));
    const refusals = await Promise.all(refused.map(readRefusal));
    expect(refusals).toHaveLength(54);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        ...{ status: 402, code: "budget_exhausted", budgetExceeded: true },
        ...{ remainingBudgetVND: 0, remainingMicroVnd: "0", retryAfter: null },
      });
    }
    const { samples, peakMicroVnd, beyond } = await sampler.stop();
    expect(beyond).toEqual([]);
    expect(peakMicroVnd).toBe(holdMicroVnd * 10n);
    expect(samples).toBeGreaterThan(10);
    expect(rig.simulator.calls).toHaveLength(10);
    await expectSettled(person);
  });

  it(`64 callers × ${TRIES} tries of one fixed hold: floor(limit / hold) are admitted`, async () => {
    const { ask, holdMicroVnd } = await makeFixedHold({ ...rig, chat: rig.app(0).chat }, null);
    const limitMicroVnd = holdMicroVnd * 40n + holdMicroVnd / 2n;
    const person = await makeCustomer(rig.database, { budgetMicroVnd: limitMicroVnd });
    const sampler = samplePeriod(rig.database, person.orgId);
    // Every admitted answer begins and goes on only at the end, so that no hold is released before.
    rig.simulator.script({ pauseAfter: 1 });
    const open: Response[] = [];
    let refused = 0;
    const tryOnce = async (caller: number): Promise<void> => {
      const response = await rig.app(caller % 2).chat(person, ask());
      if (response.status === 200) {
        open.push(response);
        return;
      }
      const { code, status } = await readRefusal(response);
      // A machine too busy to decide has decided nothing: another try.
      if (status === 503) return tryOnce(caller);
      expect(code).toBe("budget_exhausted");
      refused += 1;
    };
    await Promise.all(
      Array.from({ length: CALLERS }, async (_, caller) => {
        for (let attempt = 0; attempt < TRIES; attempt += 1) await tryOnce(caller);
      }),
    );
    const { samples, peakMicroVnd, beyond } = await sampler.stop();
    rig.simulator.release();
    const answers = await Promise.all(open.map((response) => readAnswer(response)));
    const admitted = Number(limitMicroVnd / holdMicroVnd);
    process.stdout.write(
      `F01: limit ${limitMicroVnd} µ₫, hold ${holdMicroVnd} µ₫: ${answers.length} of ${CALLERS * TRIES} admitted ` +
        `(floor = ${admitted}), peak of used + reserved ${peakMicroVnd} µ₫ in ${samples} samples\n`,
    );
    expect({ admitted: answers.length, refused }).toEqual({
      admitted,
      refused: CALLERS * TRIES - admitted,
    });
    expect(answers.every((answer) => answer.isDone)).toBe(true);
    expect(beyond).toEqual([]);
    expect(peakMicroVnd).toBe(holdMicroVnd * BigInt(admitted));
    await expectSettled(person);
  });
});
