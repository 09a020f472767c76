import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCustomer, type Person } from "../factories/people.ts";
import type { ChatBody } from "../support/app-under-test.ts";
import { startFaultRig, type FaultRig } from "../support/fault-rig.ts";
import { consultOracle, markedQuestion } from "../support/oracle.ts";
import type { SimulatorScript } from "../support/provider-simulator.ts";
import { untilQuiet } from "../support/quiescence.ts";
import { readAnswer } from "../support/read-answer.ts";

/** What a provider may send that makes a careless parser or callback throw. */
const garbage: readonly (readonly [string, string])[] = [
  ["half a JSON object", 'data: {"choices":[{"delta":{"content":"x"}\n\n'],
  ["null", "data: null\n\n"],
  ["a number", "data: 7\n\n"],
  ["an array", "data: []\n\n"],
  ["choices that are a number", 'data: {"choices":5}\n\n'],
  ["a choice that is null", 'data: {"choices":[null]}\n\n'],
  ["a delta that is a string", 'data: {"choices":[{"delta":"boo"}]}\n\n'],
  ["content that is an object", 'data: {"choices":[{"delta":{"content":{"a":1}}}]}\n\n'],
  [
    "content with NUL and a lone surrogate",
    'data: {"choices":[{"delta":{"content":"a\\u0000\\ud800b"}}]}\n\n',
  ],
  ["a prototype", 'data: {"__proto__":{"choices":1},"constructor":{"prototype":{"a":1}}}\n\n'],
  ["usage that is a string", 'data: {"choices":[],"usage":"lots"}\n\n'],
  ["a line of a megabyte", `: ${"x".repeat(1_000_000)}\n\n`],
  ["an event nobody knows", "event: surprise\ndata: {}\n\n"],
  ["a finish that is an object", 'data: {"choices":[{"delta":{},"finish_reason":{}}]}\n\n'],
];

let rig: FaultRig;
let person: Person;
let models: readonly string[];

beforeAll(async () => {
  rig = await startFaultRig({ processes: 1 });
  person = await makeCustomer(rig.database, { locale: "en" });
  const rows = await rig.database.sql`
    select min(id) as id from models where provider in ('openai', 'anthropic', 'gemini') group by provider`;
  models = rows.map((row) => String(row["id"]));
  expect(models).toHaveLength(3);
  // Too much for a question to carry, so the question names it.
  rig.simulator.script(({ lastUserText }) => {
    const index = /rubbish (\d+)/.exec(lastUserText)?.[1];
    if (index === undefined) return {};
    return { output: 20, garbageAfter: 2, garbage: garbage[Number(index)]?.[1] ?? "" };
  });
});

afterAll(async () => {
  await untilQuiet(rig.database.sql);
  expect((await consultOracle(rig.database.sql, rig.simulator.everyCall)).faults).toEqual([]);
  await rig.stop();
});

/** Asks and reads to the end. @returns how the turn ended, and what the connection did. */
async function ask(model: string, script: SimulatorScript | null, words?: string) {
  const body: ChatBody & { messageId: string } = { ...markedQuestion(script, words), model };
  const end = await rig
    .app(0)
    .chat(person, body)
    .then(
      async (response) => (response.status === 200 ? await readAnswer(response) : null),
      () => "cut",
    );
  return { body, end };
}

describe("F20 what a provider sends cannot take the process or another stream down", () => {
  it("every kind of rubbish on every wire ends its own turn, settled once; the process goes on", async () => {
    const { pid } = rig.app(0);
    const steady = models.map((model) =>
      ask(model, { output: 400, tokensPerChunk: 4, delayMsPerChunk: 5 }),
    );
    const broken = await Promise.all(
      garbage.flatMap(([name], index) =>
        models.map((model) => ask(model, null, `rubbish ${index}: ${name}`)),
      ),
    );
    expect(broken.filter(({ end }) => end === "cut")).toEqual([]);
    for (const { end } of await Promise.all(steady)) {
      expect(end).toMatchObject({
        isDone: true,
        receipt: { state: "complete", source: "reported" },
      });
    }
    expect(rig.app(0)).toMatchObject({ pid });
    expect(rig.app(0).isAlive()).toBe(true);
    expect(rig.app(0).errors()).toBe("");
    await untilQuiet(rig.database.sql);
    const ids = broken.map(({ body }) => body.messageId);
    const rows = await rig.database.sql`
      select t.state, (select count(*)::int from usage_logs l where l.turn_id = t.id and l.is_final_attempt) as logs
        from turns t where t.id = any(${ids}::uuid[])`;
    expect(rows).toHaveLength(ids.length);
    expect(rows.filter((row) => row["logs"] !== 1)).toEqual([]);
    const after = await ask(models[0] ?? "auto", {});
    expect(after.end).toMatchObject({ isDone: true });
  });
});
