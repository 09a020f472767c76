import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askAgain, crashTurn, oracleOf, rowsOfTurn, startCrashRig } from "../support/crash-case.ts";
import type { FaultRig } from "../support/fault-rig.ts";
import { readAnswer } from "../support/read-answer.ts";

let rig: FaultRig;

beforeAll(async () => {
  rig = await startCrashRig();
});

afterAll(async () => {
  expect((await oracleOf(rig)).faults).toEqual([]);
  await rig.stop();
});

describe("F11 killed before the reservation is written", () => {
  it("leaves nothing spent and nothing held, and the same id may be asked again", async () => {
    const crashed = await crashTurn(rig, { label: "before_reserve" });
    expect(crashed.after).toEqual({
      ...{ turn: null, hold: null, logs: [], credits: 0, messages: [], reserved: "0" },
    });
    expect(crashed.calls).toEqual([]);
    const answer = await readAnswer(await askAgain(rig, crashed));
    expect(answer).toMatchObject({ isDone: true, isReplayed: false });
    expect((await rowsOfTurn(rig, crashed.body.messageId)).logs).toHaveLength(1);
  });
});
