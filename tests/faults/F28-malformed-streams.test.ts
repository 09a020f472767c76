import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anthropicProvider } from "@/server/llm/anthropic.ts";
import { openAiProvider } from "@/server/llm/openai.ts";
import type { LlmProvider } from "@/server/llm/stream-completion.ts";
import { forgetProviderHealth } from "@/server/provider-health.ts";
import { makeCustomer, type Person } from "../factories/people.ts";
import { chat, readRefusal, startApp, type AppUnderTest } from "../support/app-under-test.ts";
import { contradictions } from "../support/check-books.ts";
import { malformedStreams } from "../support/malformed-streams.ts";
import {
  GOLDEN_TEXT,
  GOLDEN_WIRES,
  goldenStreams,
  type GoldenWire,
} from "../support/golden-streams.ts";
import { makeGoldenModel, setGoldenRate } from "../support/golden-world.ts";
import { readAnswer } from "../support/read-answer.ts";
import { ask as askProvider } from "../support/simulator-client.ts";
import { booksOf, costOf } from "../support/turn-books.ts";

let app: AppUnderTest;
let person: Person;

beforeAll(async () => {
  app = await startApp();
  person = await makeCustomer(app.database);
  await setGoldenRate(app.database);
  for (const wire of GOLDEN_WIRES) await makeGoldenModel(app.database, wire);
});

beforeEach(() => {
  forgetProviderHealth();
  app.simulator.reset();
});

afterAll(async () => {
  expect(await contradictions(app.database.sql)).toEqual([]);
  await app.stop();
});

function adapter(wire: GoldenWire): LlmProvider {
  const { openAiBaseUrl, geminiBaseUrl, anthropicBaseUrl } = app.simulator;
  const common = { id: wire, wire, apiKey: "sk-test" };
  if (wire === "anthropic") return anthropicProvider({ ...common, baseUrl: anthropicBaseUrl });
  return openAiProvider({ ...common, baseUrl: wire === "openai" ? openAiBaseUrl : geminiBaseUrl });
}

const WORKERS = 16;

describe("F28 a stream that comes in pieces", () => {
  it.each(GOLDEN_WIRES)("%s: the same events, wherever its bytes are parted", async (wire) => {
    const { body, tokens } = goldenStreams[wire];
    app.simulator.script(({ lastUserText }) => ({ rawBody: body, splitAt: Number(lastUserText) }));
    const provider = adapter(wire);
    const offsets = Array.from({ length: Buffer.byteLength(body) - 1 }, (_, index) => index + 1);
    const wrong: unknown[] = [];
    const worker = async () => {
      for (let splitAt = offsets.pop(); splitAt !== undefined; splitAt = offsets.pop()) {
        const { text, usage, finishReason, error } = await askProvider(provider, String(splitAt));
        const isRight = text === GOLDEN_TEXT && finishReason === "stop" && error === null;
        if (!isRight || usage?.output !== tokens.output || usage.freshInput !== tokens.fresh) {
          wrong.push({ splitAt, text, usage, finishReason, error });
        }
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    expect(wrong).toEqual([]);
  });
});

const table = GOLDEN_WIRES.flatMap((wire) =>
  malformedStreams(wire).map((stream) => ({ wire, ...stream })),
);

describe("F28 a stream that is not as agreed", () => {
  it.each(table)("$wire: $name → $becomes, settled once", async (stream) => {
    const { wire, name, body, becomes } = stream;
    // Everybody is given back three failed answers a day.
    if (becomes === "an error") person = await makeCustomer(app.database);
    app.simulator.script({ rawBody: body, rawEncoding: "base64" });
    const messageId = randomUUID();
    const response = await chat(person, { messageId, model: `${wire}/golden`, text: name });
    if (becomes === "an error") {
      expect(await readRefusal(response)).toMatchObject({ status: 502, code: "provider_failed" });
    } else {
      const answer = await readAnswer(response);
      const isWhole = becomes === "the answer";
      expect(answer.error?.code ?? null).toBe(isWhole ? null : "provider_failed");
      if (isWhole) expect(answer.text).toBe(GOLDEN_TEXT);
      else expect(GOLDEN_TEXT.startsWith(answer.text.replace(/�.*$/, ""))).toBe(true);
      expect(answer.receipt?.state).toBe(isWhole ? "complete" : "interrupted");
      expect(answer.isDone).toBe(isWhole);
    }
    const books = await booksOf(app.database.sql, messageId);
    expect(books.reserved).toBe("0");
    expect(books.holdState).toBe("settled");
    const usage = books.logs.filter(({ kind }) => kind === "usage");
    // Once per request, however often the end was said.
    expect(usage).toHaveLength(app.simulator.calls.length);
    expect(books.calls.map(({ logs }) => logs)).toEqual(usage.map(() => 1));
    if (becomes === "the answer") {
      expect(usage).toMatchObject([{ source: "reported", cost: goldenStreams[wire].costMicroVnd }]);
    }
    if (becomes === "a part") expect(costOf(books.logs)).toBeGreaterThan(0n);
    if (becomes === "an error") expect(costOf(books.logs)).toBe(0n);
  });
});
