import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFlagOn, rolloutBucket, type FeatureFlag } from "@/domain/flags/evaluate-flag.ts";

fc.configureGlobal({ seed: 2_026 });

const flag = (parts: Partial<FeatureFlag> = {}): FeatureFlag => ({
  key: "cost_optimization",
  enabled: true,
  rolloutPercent: 100,
  allowedUserIds: [],
  deniedUserIds: [],
  ...parts,
});

const userIds = Array.from({ length: 20_000 }, (_, index) => `user_${index}`);
const uuidIds = Array.from(
  { length: 20_000 },
  (_, index) => `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`,
);

const shareOn = (ids: readonly string[], rolloutPercent: number, key = "cost_optimization") =>
  ids.filter((id) => isFlagOn(flag({ key, rolloutPercent }), id, false)).length / ids.length;

describe("a rollout", () => {
  it.each([
    [10, 0.01],
    [50, 0.015],
  ])("of %s %% reaches that share of 20,000 ids within %s (F59)", (percent, tolerance) => {
    for (const ids of [userIds, uuidIds]) {
      for (const key of ["cost_optimization", "chat", "usage_tracking"]) {
        expect(Math.abs(shareOn(ids, percent, key) - percent / 100)).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it("keeps everybody of 10 % when it grows to 50 % (F59)", () => {
    const lost = userIds.filter(
      (id) =>
        isFlagOn(flag({ rolloutPercent: 10 }), id, false) &&
        !isFlagOn(flag({ rolloutPercent: 50 }), id, false),
    );
    expect(lost).toEqual([]);
  });

  it("keeps everybody of any smaller share in any larger one", () => {
    const percent = fc.double({ min: 0, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.string(), percent, percent, (id, a, b) => {
        const [smaller, larger] = [Math.min(a, b), Math.max(a, b)];
        const isOnBefore = isFlagOn(flag({ rolloutPercent: smaller }), id, false);
        return !isOnBefore || isFlagOn(flag({ rolloutPercent: larger }), id, false);
      }),
    );
  });

  it("of 0 % reaches nobody and of 100 % everybody", () => {
    expect(shareOn(userIds, 0)).toBe(0);
    expect(shareOn(userIds, 100)).toBe(1);
  });

  it("draws its share anew for each flag", () => {
    const both = userIds.filter((id) =>
      ["a", "b"].every((key) => isFlagOn(flag({ key, rolloutPercent: 50 }), id, false)),
    );
    expect(Math.abs(both.length / userIds.length - 0.25)).toBeLessThan(0.02);
  });

  it("gives the same place on every instance and after every restart", () => {
    expect([
      rolloutBucket("cost_optimization", "user_1"),
      rolloutBucket("cost_optimization", "người dùng 🍜"),
      rolloutBucket("", ""),
    ]).toEqual([2_724, 9_168, 4_203]);
  });

  it("places every subject in [0, 10,000)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (key, id) => {
        const bucket = rolloutBucket(key, id);
        return Number.isInteger(bucket) && bucket >= 0 && bucket < 10_000;
      }),
    );
  });

  it("tells a key and a subject apart at their border", () => {
    expect(rolloutBucket("ab", "c")).not.toBe(rolloutBucket("a", "bc"));
  });
});

describe("a flag", () => {
  it.each([
    ["is off when switched off, whatever its share", { enabled: false }, false],
    [
      "is on for the allowed even when switched off",
      { enabled: false, allowedUserIds: ["u"] },
      true,
    ],
    ["is on for the allowed at a share of 0", { rolloutPercent: 0, allowedUserIds: ["u"] }, true],
    ["is off for the denied at a share of 100", { deniedUserIds: ["u"] }, false],
    ["is off for who is on both lists", { allowedUserIds: ["u"], deniedUserIds: ["u"] }, false],
    ["is not moved by lists of others", { allowedUserIds: ["x"], deniedUserIds: ["y"] }, true],
  ] satisfies [string, Partial<FeatureFlag>, boolean][])("%s", (_name, parts, isOn) => {
    expect([isFlagOn(flag(parts), "u", true), isFlagOn(flag(parts), "u", false)]).toEqual([
      isOn,
      isOn,
    ]);
  });

  it.each([
    ["absent", undefined],
    ["of a share below 0", flag({ rolloutPercent: -1 })],
    ["of a share above 100", flag({ rolloutPercent: 100.5 })],
    ["of a share that is no number", flag({ rolloutPercent: Number.NaN })],
    ["of an endless share", flag({ rolloutPercent: Infinity, allowedUserIds: ["u"] })],
  ])("%s gives its safe default", (_name, broken) => {
    expect(isFlagOn(broken, "u", true)).toBe(true);
    expect(isFlagOn(broken, "u", false)).toBe(false);
  });
});
