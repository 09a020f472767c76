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

describe("F16 killed right after the settlement", () => {
  it("has the answer saved with its receipt; asking again gives it back and charges nothing", async () => {
    const crashed = await crashTurn(rig, { label: "after_settle", script: { output: 40 } });
    const { after, calls, body } = crashed;
    expect(after).toMatchObject({
      turn: { state: "finished", isRecovered: false },
      ...{ hold: "settled", reserved: "0", credits: 0 },
    });
    expect(after.logs).toHaveLength(1);
    expect(after.logs[0]).toMatchObject({ source: "reported", output: calls[0]?.billed.output });
    expect(after.messages[1]).toMatchObject({ state: "complete", text: calls[0]?.textSent });
    const answer = await readAnswer(await askAgain(rig, crashed));
    expect(answer).toMatchObject({ isReplayed: true, text: calls[0]?.textSent });
    expect(answer.receipt?.costMicroVnd).toBe(after.logs[0]?.cost);
    expect(await rowsOfTurn(rig, body.messageId)).toEqual(after);
    expect(
      rig.simulator.everyCall.filter((call) => call.lastUserText.includes(body.messageId)),
    ).toHaveLength(1);
  });
});
