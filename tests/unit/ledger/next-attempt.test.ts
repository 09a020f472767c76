import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ATTEMPTS_MAX,
  LAST_START_MS,
  nextAttempt,
  type AttemptFailure,
} from "@/domain/ledger/next-attempt.ts";

fc.configureGlobal({ seed: 2_026 });

type Input = Parameters<typeof nextAttempt>[0];

const failed = (
  kind: AttemptFailure["kind"],
  retryAfterSeconds: number | null = null,
): AttemptFailure => ({ kind, retryAfterSeconds });

/** The first attempt at the first of two targets failed a second ago. */
const after = (parts: Partial<Input> = {}): Input => ({
  failure: failed("failed"),
  isTokenSeen: false,
  attempts: 1,
  tries: 1,
  targetIndex: 0,
  targetCount: 2,
  elapsedMs: 1_000,
  jitter: 0.5,
  ...parts,
});

const stop = { kind: "stop" };
const again = (targetIndex: number, waitMs: number) => ({ kind: "again", targetIndex, waitMs });

describe("what follows a failed attempt", () => {
  it.each([
    ["the same target after a back-off: 5xx", {}, again(0, 250)],
    [
      "the same target after a back-off: never sent",
      { failure: failed("not_sent") },
      again(0, 250),
    ],
    ["the same target when it asks for 5 s", { failure: failed("throttled", 5) }, again(0, 5_000)],
    [
      "the same target at once when it asks for 0 s",
      { failure: failed("throttled", 0) },
      again(0, 0),
    ],
    ["the next target when it asks for 6 s", { failure: failed("throttled", 6) }, again(1, 0)],
    ["the next target at once after a time-out", { failure: failed("timeout") }, again(1, 0)],
    [
      "the same target after a time-out of the only one",
      { failure: failed("timeout"), targetCount: 1 },
      again(0, 250),
    ],
    ["the next target after two tries", { attempts: 2, tries: 2 }, again(1, 0)],
    ["a longer back-off the later it is", { attempts: 2, targetIndex: 1 }, again(1, 500)],
    ["half the back-off at the least jitter", { jitter: 0 }, again(0, 125)],
    ["the third attempt 90 s after the first", { elapsedMs: 90_000 - 250 }, again(0, 250)],
    [
      "the next target where the wait would pass the 90 s",
      { elapsedMs: 90_000 - 249 },
      again(1, 0),
    ],
  ] satisfies [string, Partial<Input>, object][])("is %s", (_name, parts, next) => {
    expect(nextAttempt(after(parts))).toEqual(next);
  });

  it.each([
    ["a refused request", { failure: failed("rejected") }],
    ["a refused request that names a wait", { failure: failed("rejected", 1) }],
    ["an abort", { failure: failed("aborted") }],
    ["a stream that had begun", { isTokenSeen: true }],
    ["a stream that had begun and timed out", { failure: failed("timeout"), isTokenSeen: true }],
    ["the third attempt", { attempts: 3 }],
    ["two tries at the last target", { attempts: 2, tries: 2, targetIndex: 1 }],
    ["a wait of 6 s at the last target", { failure: failed("throttled", 6), targetCount: 1 }],
    ["90 s after the first and nobody else", { elapsedMs: 90_000, targetCount: 1 }],
    ["more than 90 s after the first", { elapsedMs: 90_001 }],
  ] satisfies [string, Partial<Input>][])("is nothing after %s", (_name, parts) => {
    expect(nextAttempt(after(parts))).toEqual(stop);
  });
});

const kinds = ["throttled", "failed", "timeout", "not_sent", "rejected", "aborted"] as const;

const failure = fc.record({
  kind: fc.constantFrom(...kinds),
  retryAfterSeconds: fc.option(fc.nat({ max: 86_400 })),
});

/** How each attempt of a turn goes: it fails so, after so long, with or without a first token. */
const fate = fc.record({
  failure,
  isTokenSeen: fc.boolean(),
  lastsMs: fc.nat({ max: 130_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
});

type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never;

/** Runs a turn whose attempts all fail. @returns when each began and at which target. */
function runTurn(fates: readonly Fate[], targetCount: number) {
  const starts: { readonly atMs: number; readonly targetIndex: number }[] = [];
  let atMs = 0;
  let targetIndex = 0;
  let tries = 1;
  for (const { failure: how, isTokenSeen, lastsMs, jitter } of fates) {
    starts.push({ atMs, targetIndex });
    const elapsedMs = atMs + lastsMs;
    const next = nextAttempt({
      ...{ failure: how, isTokenSeen, tries, targetIndex, targetCount, elapsedMs, jitter },
      attempts: starts.length,
    });
    if (next.kind === "stop") return { starts, isStopped: true };
    tries = next.targetIndex === targetIndex ? tries + 1 : 1;
    targetIndex = next.targetIndex;
    atMs = elapsedMs + next.waitMs;
  }
  return { starts, isStopped: false };
}

const turn = fc.tuple(
  fc.array(fate, { minLength: 6, maxLength: 6 }),
  fc.integer({ min: 1, max: 3 }),
);

describe("a turn, however its attempts fail", () => {
  it("makes three attempts at most, none later than 90 s after the first", () => {
    fc.assert(
      fc.property(turn, ([fates, targetCount]) => {
        const { starts, isStopped } = runTurn(fates, targetCount);
        expect(isStopped).toBe(true);
        expect(starts.length).toBeLessThanOrEqual(ATTEMPTS_MAX);
        for (const { atMs } of starts) expect(atMs).toBeLessThanOrEqual(LAST_START_MS);
      }),
      { numRuns: 2_000 },
    );
    expect([ATTEMPTS_MAX, LAST_START_MS]).toEqual([3, 90_000]);
  });

  it("goes through its targets in their order, and twice at most to each", () => {
    fc.assert(
      fc.property(turn, ([fates, targetCount]) => {
        const targets = runTurn(fates, targetCount).starts.map(({ targetIndex }) => targetIndex);
        expect(targets).toEqual(targets.toSorted((a, b) => a - b));
        for (const target of targets) {
          expect(target).toBeLessThan(targetCount);
          expect(targets.filter((one) => one === target).length).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("ends with the first refusal, abort or token", () => {
    fc.assert(
      fc.property(turn, ([fates, targetCount]) => {
        const { starts } = runTurn(fates, targetCount);
        const last = fates.findIndex(
          ({ failure: how, isTokenSeen }) =>
            isTokenSeen || how.kind === "rejected" || how.kind === "aborted",
        );
        if (last >= 0) expect(starts.length).toBeLessThanOrEqual(last + 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it("waits no longer than 5 s, and exactly as long as it was asked to", () => {
    fc.assert(
      fc.property(fate, fc.nat({ max: 2 }), ({ failure: how, jitter }, attempts) => {
        const next = nextAttempt(after({ failure: how, jitter, attempts }));
        if (next.kind === "stop") return;
        expect(next.waitMs).toBeLessThanOrEqual(5_000);
        if (next.targetIndex === 0 && how.retryAfterSeconds !== null) {
          expect(next.waitMs).toBe(how.retryAfterSeconds * 1_000);
        }
      }),
    );
  });
});
