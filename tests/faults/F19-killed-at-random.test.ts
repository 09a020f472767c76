import { describe, expect, it } from "vitest";
import { isClean, runSoak } from "../soak/run-soak.ts";

/** The long one is `npm run soak`; this one shows that it runs and that the rule holds at all. */
const SEED = 19;
const DURATION_MS = 10_000;
const RHYTHM = [300, 1_500] as const;

describe("F19 random kills under load", () => {
  it("leave every invariant true and the books equal to the provider's record", async () => {
    const report = await runSoak({ seed: SEED, durationMs: DURATION_MS, users: 8, rhythm: RHYTHM });
    process.stdout.write(
      `F19: seed ${SEED}, ${report.turns} turns, ${report.oracle.received} provider calls, ` +
        `blows ${JSON.stringify([...report.blows])}\n`,
    );
    expect(report.oracle.faults).toEqual([]);
    expect(report.violations).toEqual([]);
    expect(isClean(report)).toBe(true);
    expect(report.oracle.received).toBeGreaterThan(0);
  }, 150_000);
});
