import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crashTurn, oracleOf, startCrashRig } from "../support/crash-case.ts";
import type { FaultRig } from "../support/fault-rig.ts";

let rig: FaultRig;

beforeAll(async () => {
  rig = await startCrashRig();
});

afterAll(async () => {
  expect((await oracleOf(rig)).faults).toEqual([]);
  await rig.stop();
});

describe("F15 killed between the usage and the settlement", () => {
  it.each(["after_usage", "before_settle_commit"] as const)(
    "at %s: one row, by what was saved, never two",
    async (label) => {
      const { after, calls } = await crashTurn(rig, { label, script: { output: 60 } });
      expect(calls).toHaveLength(1);
      expect(after.logs).toHaveLength(1);
      expect(after.hold).toBe("settled");
      expect(after.reserved).toBe("0");
      expect(after.turn?.isRecovered).toBe(true);
      expect(after.messages).toHaveLength(2);
    },
  );

  it("after a longer answer the row is as near as the last progress", async () => {
    const { after, calls } = await crashTurn(rig, {
      label: "after_usage",
      script: { output: 1_000, tokensPerChunk: 10, delayMsPerChunk: 5 },
    });
    expect(after.logs).toHaveLength(1);
    expect(after.logs[0]?.output).toBeGreaterThan(1_000 - 220);
    expect(calls[0]?.billed.output).toBe(1_000);
    expect(after.messages[1]).toMatchObject({ role: "assistant", state: "interrupted" });
  });
});
