import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeDb } from "@/server/db/client.ts";
import { latestWriter } from "@/server/db/latest-writer.ts";

type Item = { readonly key: string; readonly version: number };

/** A pool that is never asked: it opens its connections when it is. */
const db = makeDb("postgres://nobody@127.0.0.1:1/none");

let batches: (readonly Item[])[];
let ends: { readonly done: () => void; readonly fail: () => void }[];

const makeWriter = () =>
  latestWriter<Item>("progress of the test", (_db, items) => {
    batches.push(items);
    return new Promise((resolve, reject) => {
      ends.push({ done: resolve, fail: () => reject(new Error("lost")) });
    });
  });

beforeEach(() => {
  // What the log needs to be silent.
  vi.stubEnv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
  vi.stubEnv("AUTH_SECRET", "a secret of the tests, long enough to be one");
  vi.stubEnv("LOG_LEVEL", "silent");
  vi.useFakeTimers();
  batches = [];
  ends = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("the newest state of many things", () => {
  it("goes at once when nothing is under way", () => {
    makeWriter()(db, "a", { key: "a", version: 1 });
    expect(batches).toEqual([[{ key: "a", version: 1 }]]);
  });

  it("waits for a write under way and goes with the next, the newest of each key only", async () => {
    const put = makeWriter();
    put(db, "a", { key: "a", version: 1 });
    for (const version of [2, 3, 4]) put(db, "a", { key: "a", version });
    put(db, "b", { key: "b", version: 1 });
    expect(batches).toHaveLength(1);
    ends[0]?.done();
    await vi.advanceTimersByTimeAsync(0);
    expect(batches[1]).toEqual([
      { key: "a", version: 4 },
      { key: "b", version: 1 },
    ]);
  });

  it("of a thousand things takes few statements, each of bounded size", async () => {
    const put = makeWriter();
    for (let index = 0; index < 1_000; index += 1) {
      put(db, String(index), { key: String(index), version: 1 });
    }
    for (let index = 0; index < 20; index += 1) {
      ends[index]?.done();
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(batches.flat()).toHaveLength(1_000);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(64);
  });

  it("goes on after a write that failed, and past one that hangs", async () => {
    const put = makeWriter();
    put(db, "a", { key: "a", version: 1 });
    put(db, "a", { key: "a", version: 2 });
    ends[0]?.fail();
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toHaveLength(2);
    put(db, "a", { key: "a", version: 3 });
    await vi.advanceTimersByTimeAsync(1_999);
    expect(batches).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches[2]).toEqual([{ key: "a", version: 3 }]);
    // The one that hung ends after all: nothing is written twice for it.
    ends[1]?.done();
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toHaveLength(3);
  });
});
