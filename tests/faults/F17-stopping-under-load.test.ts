import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import { ask } from "../factories/questions.ts";
import { chatJson, ORIGIN, readRefusal, settingsFor } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { startProviderSimulator, type Simulator } from "../support/provider-simulator.ts";
import { untilQuiet } from "../support/quiescence.ts";
import { readAnswer } from "../support/read-answer.ts";
import { createTestDatabase, type TestDatabase } from "../support/test-database.ts";
import { until } from "../support/until.ts";

const STREAMS = 100;
/** Asked for at once: the machine of a test may be busy. */
const TOGETHER = 10;
const GRACE_MS = 5_000;
const MODEL = "openai/gpt-5.4-mini";

let database: TestDatabase;
let simulator: Simulator;
let people: readonly Person[];
let child: ChildProcess;
let url: string;
let errors = "";

beforeAll(async () => {
  [database, simulator] = await Promise.all([createTestDatabase(), startProviderSimulator()]);
  people = await Promise.all(Array.from({ length: 5 }, () => makeCustomer(database)));
  const started = spawn(
    process.execPath,
    ["--import", "tsx", "tests/support/draining-door-main.ts", String(GRACE_MS)],
    {
      env: { ...process.env, ...settingsFor(database.url, simulator) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  child = started;
  started.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const first = await createInterface({ input: started.stdout })[Symbol.asyncIterator]().next();
  if (first.done === true) throw new Error(`the door did not open:\n${errors}`);
  url = first.value;
});

afterAll(async () => {
  child.kill("SIGKILL");
  await simulator.stop();
  await database.drop();
});

function send(index: number, text: string): Promise<Response> {
  const cookie = people[index % people.length]?.cookie ?? "";
  return fetch(`${url}/webapi/chat/auto`, {
    method: "POST",
    headers: { origin: ORIGIN, cookie, "content-type": "application/json" },
    body: chatJson({ text, model: MODEL }),
  });
}

describe("F17 a process told to stop while it streams 100 answers", () => {
  it("takes nothing new, lets answers finish, settles the rest as interrupted, ends with 0", async () => {
    const endless = ask({ output: 40, tokensPerChunk: 4, pauseAfter: 3 });
    const short = ask({ output: 40, tokensPerChunk: 4, pauseAfter: 5, pauseMs: 2_500 });
    for (const index of people.keys()) await readAnswer(await send(index, "Warm up"));
    const responses: Response[] = [];
    // The endless ones first, so that the short ones still run when the process is told to stop.
    while (responses.length < STREAMS) {
      const text = responses.length < STREAMS / 2 ? endless : short;
      const some = Array.from({ length: TOGETHER }, (_, index) => send(index, text));
      responses.push(...(await Promise.all(some)));
    }
    expect(responses.map((response) => response.status)).toEqual(Array(STREAMS).fill(200));
    const answers = Promise.all(
      responses.map((response) => readAnswer(response).catch(() => null)),
    );
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    const ready = await until(async () => {
      const response = await fetch(`${url}/api/health/ready`);
      return response.status === 503 ? response : null;
    }, 1_000);
    expect(await ready.json()).toMatchObject({ status: "draining" });
    const late = await send(0, "Am I too late?");
    expect(late.headers.get("connection")).toBe("close");
    const refusal = await readRefusal(late);
    expect(refusal).toMatchObject({ status: 503, code: "overloaded" });
    expect(Number(refusal.retryAfter)).toBeGreaterThan(0);
    const [code] = (await gone) as [number | null];
    expect({ code, errors }).toEqual({ code: 0, errors: "" });

    const read = await answers;
    const finished = read.slice(STREAMS / 2).filter((answer) => answer?.isDone === true);
    expect(finished).toHaveLength(STREAMS / 2);
    await untilQuiet(database.sql, 1_000);
    const turns = await database.sql`
      select l.source, c.outcome, count(*)::int as count from provider_calls c
        join usage_logs l on l.provider_call_id = c.id group by 1, 2 order by 1`;
    expect(turns).toEqual([
      { source: "estimated", outcome: "interrupted", count: STREAMS / 2 },
      { source: "reported", outcome: "complete", count: STREAMS / 2 + people.length },
    ]);
    expect(simulator.calls).toHaveLength(STREAMS + people.length);
    expect(await contradictions(database.sql)).toEqual([]);
  });
});
