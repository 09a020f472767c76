import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { present } from "@/domain/assert.ts";
import { anthropicProvider } from "@/server/llm/anthropic.ts";
import type { LlmProvider } from "@/server/llm/stream-completion.ts";
import { startProviderSimulator } from "../support/provider-simulator.ts";
import type { Simulator, SimulatorScript } from "../support/provider-simulator.ts";
import { ask } from "../support/simulator-client.ts";

const apiKey = "sk-ant-secret-key-of-the-test";
const timeouts = { firstByteMs: 5_000, idleMs: 5_000, totalMs: 10_000 };

let simulator: Simulator;
let anthropic: LlmProvider;

const provider = (overrides: Partial<typeof timeouts> = {}) =>
  anthropicProvider(
    { id: "anthropic", wire: "anthropic", baseUrl: simulator.anthropicBaseUrl, apiKey },
    { ...timeouts, ...overrides },
  );
const lastCall = () => present(simulator.calls.at(-1), "the simulator was called");

beforeAll(async () => {
  simulator = await startProviderSimulator();
  anthropic = provider();
});
afterEach(() => {
  simulator.reset();
});
afterAll(() => simulator.stop());

describe("answers of the Anthropic wire", () => {
  const answers: [string, SimulatorScript, string][] = [
    ["plain", { output: 40 }, "stop"],
    [
      "Vietnamese text",
      { text: "Bầu trời xanh vì ánh sáng bị tán xạ. ".repeat(9), tokensPerChunk: 1 },
      "stop",
    ],
    ["cached input", { input: 30, cached: 2_048 }, "stop"],
    ["5-minute cache write", { input: 30, cached: 100, cacheWrite5m: 1_500 }, "stop"],
    ["1-hour cache write", { input: 30, cacheWrite1h: 1_500 }, "stop"],
    [
      "both cache writes",
      { input: 30, cached: 7, cacheWrite5m: 1_100, cacheWrite1h: 1_500 },
      "stop",
    ],
    ["reasoning", { output: 12, reasoning: 320 }, "stop"],
    ["shown reasoning", { output: 12, reasoning: 32, showReasoning: true }, "stop"],
    ["long", { output: 3_900, tokensPerChunk: 50 }, "stop"],
    ["empty", { empty: true }, "stop"],
    ["refused", { output: 5, refused: true }, "content_filter"],
    ["cut at the cap", { output: 5_000, tokensPerChunk: 100 }, "length"],
  ];

  it.each(answers)(
    "%s: the text and the usage equal the simulator's own record",
    async (_name, script, finish) => {
      simulator.script(script);
      const answer = await ask(anthropic, "Vì sao bầu trời xanh?");
      expect(answer.error).toBeNull();
      expect(answer.text).toBe(lastCall().textSent);
      expect(answer.usage).toEqual(lastCall().billed);
      expect(answer.finishReason).toBe(finish);
      expect(answer.providerRequestId).toBe(lastCall().callId);
    },
  );

  it("an interrupted answer still tells the input side", async () => {
    simulator.script({ input: 30, cached: 400, cacheWrite1h: 50, output: 40, pauseAfter: 4 });
    const controller = new AbortController();
    const answer = await ask(anthropic, "?", {
      signal: controller.signal,
      onText: (text) => {
        if (text.length === 4 * 16) controller.abort();
      },
    });
    expect(answer.error).toMatchObject({ kind: "aborted" });
    expect(answer.usage).toMatchObject({ freshInput: 30, cachedInput: 400, cacheWrite1h: 50 });
  });

  it("never passes the usage of the start off as the last word", async () => {
    const start =
      '{"id":"msg_1","model":"claude-one","usage":{"input_tokens":9,"output_tokens":1}}';
    const stop = '"delta":{"stop_reason":"end_turn"}';
    for (const usage of [
      "",
      ',"usage":null',
      ',"usage":{"output_tokens":-1}',
      ',"usage":{"output_tokens":"4"}',
    ]) {
      simulator.script({
        rawBody: [
          `event: message_start\ndata: {"type":"message_start","message":${start}}\n\n`,
          `event: message_delta\ndata: {"type":"message_delta",${stop}${usage}}\n\n`,
        ].join(""),
      });
      expect(await ask(anthropic, "?")).toMatchObject({
        usage: null,
        finishReason: "stop",
        error: null,
      });
    }
  });

  it("sends system messages apart and neighbours of one role as they are", async () => {
    await ask(anthropic, "", {
      outputTokensMax: 55,
      messages: [
        { role: "system", text: "Be brief." },
        { role: "user", text: "One" },
        { role: "user", text: "Two" },
        { role: "assistant", text: "Three" },
        { role: "system", text: "Answer in Vietnamese." },
        { role: "user", text: "Four" },
      ],
    });
    expect(lastCall().requestBody).toMatchObject({
      system: "Be brief.\n\nAnswer in Vietnamese.",
      max_tokens: 55,
      messages: [
        { role: "user", content: "One" },
        { role: "user", content: "Two" },
        { role: "assistant", content: "Three" },
        { role: "user", content: "Four" },
      ],
    });
  });

  it("names the model that served, and gives no usage where none or an absurd one is reported", async () => {
    simulator.script({ servedModel: "claude-one-20260901" });
    expect(await ask(anthropic, "?")).toMatchObject({ servedModel: "claude-one-20260901" });
    for (const usage of ["none", { input_tokens: 1e12, output_tokens: "many" }] as const) {
      simulator.script({ usage });
      const answer = await ask(anthropic, "?");
      expect(answer).toMatchObject({
        usage: null,
        text: lastCall().textSent,
        finishReason: "stop",
      });
    }
  });
});

describe("failures of the Anthropic wire", () => {
  const statuses: [SimulatorScript, object][] = [
    [
      { status: 400, errorCode: "invalid_request_error" },
      { kind: "rejected", status: 400 },
    ],
    [
      { status: 401, errorCode: "authentication_error" },
      { kind: "rejected", status: 401 },
    ],
    [
      { status: 403, errorCode: "permission_error" },
      { kind: "rejected", status: 403 },
    ],
    [
      { status: 413, errorCode: "request_too_large" },
      { kind: "rejected", status: 413 },
    ],
    [
      { status: 429, retryAfter: "12" },
      { kind: "throttled", status: 429, retryAfterSeconds: 12 },
    ],
    [
      { status: 500, errorCode: "api_error" },
      { kind: "failed", status: 500 },
    ],
    [
      { status: 529, errorCode: "overloaded_error" },
      { kind: "failed", status: 529 },
    ],
  ];

  it.each(statuses)("%j before the first byte: %j, one request only", async (script, expected) => {
    simulator.script({ ...script, errorMessage: `bad key ${apiKey}` });
    const { error } = await ask(anthropic, "?");
    expect(error).toMatchObject(expected);
    expect(JSON.stringify([error?.message, error?.stack, error])).not.toContain("sk-ant");
    expect(simulator.calls).toHaveLength(1);
  });

  it.each([["errorAfter"], ["endAfter"], ["resetAfter"]])(
    "%s three chunks: the part, then failed",
    async (fault) => {
      simulator.script({ [fault]: 3, errorCode: "overloaded_error", errorMessage: apiKey });
      const answer = await ask(anthropic, "?");
      expect(answer.error).toMatchObject({ kind: "failed", status: null });
      expect(answer.error?.message).not.toContain(apiKey);
      expect(answer.text).toBe(lastCall().textSent);
      expect(answer.text).not.toBe("");
      expect(answer.usage?.freshInput).toBe(lastCall().billed.freshInput);
    },
  );

  it("silence ends as a time-out and closes the connection", async () => {
    const impatient = provider({ firstByteMs: 250, idleMs: 250 });
    for (const script of [{ pauseBeforeHead: true }, { pauseAfter: 2 }]) {
      simulator.reset();
      simulator.script(script);
      expect((await ask(impatient, "?")).error).toMatchObject({ kind: "timeout" });
      await simulator.until((calls) => typeof calls[0]?.disconnectedAt === "number");
    }
  });
});

describe("aborts of the Anthropic wire", () => {
  it.each([0, 1, 5])(
    "after %i chunks the simulator sees the disconnect within a second",
    async (chunks) => {
      simulator.script({ output: 400, pauseAfter: chunks });
      const controller = new AbortController();
      const answered = ask(anthropic, "?", { signal: controller.signal });
      await simulator.until(
        (calls) => (calls[0]?.startedAt ?? null) !== null && calls[0]?.billed.output === 4 * chunks,
      );
      const abortedAt = Date.now();
      controller.abort();
      expect((await answered).error).toMatchObject({ kind: "aborted" });
      await simulator.waitForEnds(1);
      expect(present(lastCall().disconnectedAt, "disconnected") - abortedAt).toBeLessThan(1_000);
    },
  );
});

describe("malformed streams of the Anthropic wire", () => {
  const named = (payload: { readonly type: string; readonly [field: string]: unknown }) =>
    `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
  const delta = (text: string) =>
    named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
  const usage = { input_tokens: 9, output_tokens: 1 };
  const fixture = [
    ": a comment\r\n\r\n",
    named({ type: "message_start", message: { id: "msg_1", model: "claude-one", usage } }),
    named({ type: "ping" }),
    named({ type: "surprise", text: "unknown" }),
    delta("Phở "),
    delta("bò 🍜").replaceAll("\n", "\r\n"),
    named({
      type: "message_delta",
      delta: { stop_reason: "end_turn" },
      usage: { output_tokens: 4 },
    }),
    named({ type: "message_stop" }),
  ].join("");
  const bytes = Buffer.byteLength(fixture, "utf8");

  it("is read alike wherever the network cuts it", async () => {
    for (let splitAt = 1; splitAt < bytes; splitAt += 1) {
      simulator.script({ rawBody: fixture, splitAt });
      const { text, usage: seen, finishReason, error } = await ask(anthropic, "?");
      expect({ splitAt, text, seen, finishReason, error }).toMatchObject({
        ...{ splitAt, text: "Phở bò 🍜", finishReason: "stop", error: null },
        seen: { freshInput: 9, output: 4 },
      });
    }
  });

  it.each([
    ["broken JSON", 'event: message_start\ndata: {"type":\n\n'],
    ["an empty body", ""],
    ["HTML", "<html>Bad gateway</html>"],
    ["strange shapes", 'event: message_start\ndata: {"type":"message_start","message":7}\n\n'],
  ])("%s is a clean failure", async (_name, rawBody) => {
    simulator.script({ rawBody });
    expect((await ask(anthropic, "?")).error).toMatchObject({ kind: "failed", status: null });
  });
});
