import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crashTurn, oracleOf, startCrashRig, type CrashedTurn } from "../support/crash-case.ts";
import type { FaultRig } from "../support/fault-rig.ts";

let rig: FaultRig;

beforeAll(async () => {
  rig = await startCrashRig();
});

afterAll(async () => {
  expect((await oracleOf(rig)).faults).toEqual([]);
  await rig.stop();
});

describe("F13 killed after the request left, before the first byte", () => {
  it("at the mark of dispatch: the call counts with its input, by estimate", async () => {
    expectCounted(
      await crashTurn(rig, { label: "after_dispatch", script: { pauseBeforeHead: true } }),
    );
  });

  it("with the provider already at work: the same, and the provider has the call", async () => {
    const crashed = await crashTurn(rig, {
      label: null,
      script: { pauseBeforeHead: true },
      killWhen: ({ simulator }, turnId) =>
        simulator.until((calls) => calls.some((call) => call.lastUserText.includes(turnId))),
    });
    expectCounted(crashed);
    expect(crashed.calls).toHaveLength(1);
  });

  function expectCounted({ after, textRead }: CrashedTurn): void {
    expect(textRead).toBe("");
    expect(after).toMatchObject({
      turn: { state: "failed", isRecovered: true },
      ...{ hold: "settled", reserved: "0" },
    });
    expect(after.logs).toHaveLength(1);
    expect(after.logs[0]).toMatchObject({ source: "estimated", output: 0 });
    expect(after.logs[0]?.input).toBeGreaterThan(10);
    expect(BigInt(after.logs[0]?.cost ?? "0")).toBeGreaterThan(0n);
    // An answer that failed by our fault is given back, as a correction of its own.
    expect(after.credits).toBe(1);
  }
});
