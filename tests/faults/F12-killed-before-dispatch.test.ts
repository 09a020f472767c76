import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomUUID } from "node:crypto";
import { readRefusal } from "../support/app-under-test.ts";
import { askAgain, crashTurn, oracleOf, startCrashRig } from "../support/crash-case.ts";
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

describe("F12 killed between the reservation and the provider", () => {
  it("frees the hold, books nothing, and says that the turn failed", async () => {
    const crashed = await crashTurn(rig, { label: "after_reserve" });
    expect(crashed.calls).toEqual([]);
    expect(crashed.after).toMatchObject({
      turn: { state: "failed", isRecovered: true },
      ...{ hold: "expired", logs: [], credits: 0, reserved: "0" },
    });
    expect(crashed.after.messages.map(({ role }) => role)).toEqual(["user", "notice"]);
    const refusal = await readRefusal(await askAgain(rig, crashed));
    expect(refusal).toMatchObject({ status: 503, code: "overloaded" });
    const { person, body } = crashed;
    const fresh = { ...body, messageId: randomUUID() };
    expect((await readAnswer(await rig.app(0).chat(person, fresh))).isDone).toBe(true);
  });
});
