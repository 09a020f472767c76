import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  forgetProviderHealth,
  isProviderHealthy,
  reportAttempt,
  reportRefusedKey,
  type AttemptStart,
} from "@/server/provider-health.ts";

const PROVIDER = "openai";
const MODEL = "gpt-x";

beforeEach(() => {
  forgetProviderHealth();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  forgetProviderHealth();
});

const isHealthy = () => isProviderHealthy(PROVIDER, MODEL);

async function report(...starts: readonly AttemptStart[]) {
  const news = [];
  for (const start of starts) news.push(await reportAttempt(PROVIDER, MODEL, start));
  return news;
}

const five = (start: AttemptStart) => Array.from({ length: 5 }, () => start);

describe("the breaker of a provider's model", () => {
  it.each(["failed", "throttled", "timeout", "not_sent"] as const)(
    "opens after five attempts in a row that ended so: %s",
    async (start) => {
      await report(...five(start).slice(1));
      expect(isHealthy()).toBe(true);
      await report(start);
      expect(isHealthy()).toBe(false);
    },
  );

  it.each(["begun", "rejected"] as const)(
    "does not open by attempts that the provider answered: %s",
    async (start) => {
      await report(...five(start), ...five(start));
      expect(isHealthy()).toBe(true);
    },
  );

  it("counts anew after an attempt that began", async () => {
    await report("failed", "failed", "failed", "failed", "begun", "failed", "failed", "failed");
    expect(isHealthy()).toBe(true);
    await report("failed", "failed");
    expect(isHealthy()).toBe(false);
  });

  it("learns nothing from a reader that left before the first token", async () => {
    await report("failed", "failed", "failed", "failed", "aborted");
    expect(isHealthy()).toBe(true);
    await report("timeout");
    expect(isHealthy()).toBe(false);
  });

  it("lets the next attempt through after 15 s, and no earlier", async () => {
    await report(...five("failed"));
    await vi.advanceTimersByTimeAsync(14_999);
    expect(isHealthy()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isHealthy()).toBe(true);
  });

  it("opens again by one failure after the 15 s, for another 15 s", async () => {
    await report(...five("failed"));
    await vi.advanceTimersByTimeAsync(15_000);
    await report("failed");
    expect(isHealthy()).toBe(false);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(isHealthy()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isHealthy()).toBe(true);
  });

  it("closes by one success after the 15 s, and then takes five failures again", async () => {
    await report(...five("failed"));
    await vi.advanceTimersByTimeAsync(15_000);
    await report("begun");
    await report(...five("failed").slice(1));
    expect(isHealthy()).toBe(true);
    await report("failed");
    expect(isHealthy()).toBe(false);
  });

  it("is not closed by a late success of a call from before it opened", async () => {
    await report(...five("failed"), "begun");
    expect(isHealthy()).toBe(false);
  });

  it("tells of its opening once, and of its closing once", async () => {
    const failures = await report(...five("failed"), "failed", "failed");
    expect(failures).toEqual([null, null, null, null, "down", null, null]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await report("failed", "failed")).toEqual(["down", null]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await report("begun", "begun", "failed")).toEqual(["up", null, null]);
  });

  it("is one for each provider and model", async () => {
    await report(...five("failed"));
    expect(isProviderHealthy(PROVIDER, "gpt-y")).toBe(true);
    expect(isProviderHealthy("gemini", MODEL)).toBe(true);
  });
});

describe("a refused key", () => {
  it("keeps every model of the provider out for a minute", async () => {
    reportRefusedKey(PROVIDER);
    expect([isHealthy(), isProviderHealthy(PROVIDER, "gpt-y")]).toEqual([false, false]);
    expect(isProviderHealthy("gemini", MODEL)).toBe(true);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(isHealthy()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isHealthy()).toBe(true);
  });

  it("is counted from its last refusal", async () => {
    reportRefusedKey(PROVIDER);
    await vi.advanceTimersByTimeAsync(50_000);
    reportRefusedKey(PROVIDER);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(isHealthy()).toBe(false);
  });
});

it("a process that forgets starts with everybody healthy", async () => {
  await report(...five("failed"));
  reportRefusedKey("gemini");
  forgetProviderHealth();
  expect([isHealthy(), isProviderHealthy("gemini", MODEL)]).toEqual([true, true]);
});
