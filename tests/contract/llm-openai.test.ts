import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { present } from "@/domain/assert.ts";
import { openAiProvider } from "@/server/llm/openai.ts";
import type { LlmProvider } from "@/server/llm/stream-completion.ts";
import { startProviderSimulator } from "../support/provider-simulator.ts";
import type { Simulator, SimulatorScript } from "../support/provider-simulator.ts";
import { ask } from "../support/simulator-client.ts";

const apiKey = "sk-secret-key-of-the-test";
const timeouts = { firstByteMs: 5_000, idleMs: 5_000, totalMs: 10_000 };

let simulator: Simulator;
let openai: LlmProvider;

const provider = (id: string, overrides: Partial<typeof timeouts> = {}) =>
  openAiProvider(
    { id, wire: "openai", baseUrl: simulator.openAiBaseUrl, apiKey },
    { ...timeouts, ...overrides },
  );
const lastCall = () => present(simulator.calls.at(-1), "the simulator was called");

beforeAll(async () => {
  simulator = await startProviderSimulator();
  openai = provider("openai");
});
afterEach(() => {
  simulator.reset();
});
afterAll(() => simulator.stop());

describe("answers of the OpenAI wire", () => {
  const answers: [string, SimulatorScript, string][] = [
    ["plain", { output: 40 }, "stop"],
    [
      "Vietnamese text",
      { text: "Bầu trời xanh vì ánh sáng bị tán xạ. ".repeat(9), tokensPerChunk: 1 },
      "stop",
    ],
    ["cached input", { input: 30, cached: 2_048 }, "stop"],
    ["written cache", { input: 30, cached: 1_024, cacheWrite5m: 512 }, "stop"],
    ["reasoning", { output: 12, reasoning: 320 }, "stop"],
    ["shown reasoning", { output: 12, reasoning: 32, showReasoning: true }, "stop"],
    ["long", { output: 3_900, tokensPerChunk: 50 }, "stop"],
    ["empty", { empty: true, reasoning: 9 }, "stop"],
    ["refused", { output: 5, refused: true }, "content_filter"],
    ["cut at the cap", { output: 5_000, tokensPerChunk: 100 }, "length"],
    ["cut while reasoning", { reasoning: 5_000 }, "length"],
    ["usage on the finishing chunk", { usageOnFinish: true }, "stop"],
  ];

  it.each(answers)(
    "%s: the text and the usage equal the simulator's own record",
    async (_name, script, finish) => {
      simulator.script(script);
      const answer = await ask(openai, "Vì sao bầu trời xanh?");
      expect(answer.error).toBeNull();
      expect(answer.text).toBe(lastCall().textSent);
      expect(answer.usage).toEqual(lastCall().billed);
      expect(answer.finishReason).toBe(finish);
      expect(answer.providerRequestId).toBe(lastCall().callId);
    },
  );

  it("names the model that served", async () => {
    simulator.script({ servedModel: "model-one-2026-09-01" });
    expect(await ask(openai, "?")).toMatchObject({
      servedModel: "model-one-2026-09-01",
      error: null,
    });
  });

  it("gives no usage where the provider reports none or an absurd one, and the whole text", async () => {
    const absurd = { prompt_tokens: -5, completion_tokens: 12, total_tokens: 7 };
    for (const usage of ["none", absurd] as const) {
      simulator.script({ usage });
      const answer = await ask(openai, "?");
      expect(answer.usage).toBeNull();
      expect(answer.text).toBe(lastCall().textSent);
      expect(answer.finishReason).toBe("stop");
    }
  });

  it("sends the cap as OpenAI takes it to OpenAI, and as the others take it to the others", async () => {
    await ask(openai, "?", { outputTokensMax: 77 });
    expect(lastCall().requestBody).toMatchObject({
      max_completion_tokens: 77,
      stream_options: { include_usage: true },
    });
    expect(lastCall().requestBody).not.toHaveProperty("max_tokens");
    await ask(provider("groq"), "?", { outputTokensMax: 77 });
    expect(lastCall().requestBody).toMatchObject({ max_tokens: 77 });
    expect(lastCall().requestBody).not.toHaveProperty("max_completion_tokens");
  });
});

describe("failures of the OpenAI wire", () => {
  const statuses: [SimulatorScript, object][] = [
    [{ status: 400 }, { kind: "rejected", status: 400 }],
    [
      { status: 401, errorCode: "invalid_api_key" },
      { kind: "rejected", status: 401 },
    ],
    [{ status: 404 }, { kind: "rejected", status: 404 }],
    [{ status: 408 }, { kind: "timeout", status: 408 }],
    [
      { status: 429, retryAfter: "7" },
      { kind: "throttled", status: 429, retryAfterSeconds: 7 },
    ],
    [
      { status: 429, errorCode: "insufficient_quota" },
      { kind: "rejected", status: 429 },
    ],
    [{ status: 500 }, { kind: "failed", status: 500, retryAfterSeconds: null }],
    [
      { status: 503, retryAfter: "nonsense" },
      { kind: "failed", status: 503, retryAfterSeconds: null },
    ],
    [{ status: 529 }, { kind: "failed", status: 529 }],
    [
      { status: 429, retryAfter: "Wed, 21 Oct 2015 07:28:00 GMT" },
      { kind: "throttled", retryAfterSeconds: 0 },
    ],
    [
      { status: 429, retryAfter: "Wed, 21 Oct 2099 07:28:00 GMT" },
      { kind: "throttled", retryAfterSeconds: null },
    ],
  ];

  it.each(statuses)("%j before the first byte: %j, one request only", async (script, expected) => {
    simulator.script({ ...script, errorMessage: `bad key ${apiKey}` });
    const { error } = await ask(openai, "?");
    expect(error).toMatchObject(expected);
    expect(JSON.stringify([error?.message, error?.stack, error])).not.toContain("sk-");
    expect(simulator.calls).toHaveLength(1);
  });

  it.each([["errorAfter"], ["endAfter"], ["resetAfter"]])(
    "%s three chunks: the part, then failed",
    async (fault) => {
      simulator.script({ [fault]: 3, errorMessage: apiKey });
      const answer = await ask(openai, "?");
      expect(answer.error).toMatchObject({ kind: "failed", status: null });
      expect(answer.error?.message).not.toContain(apiKey);
      expect(answer.text).toBe(lastCall().textSent);
      expect(answer.text).not.toBe("");
      expect(answer.finishReason).toBeNull();
    },
  );

  it("silence before the head and between chunks ends as a time-out and closes the connection", async () => {
    const impatient = provider("openai", { firstByteMs: 250, idleMs: 250 });
    for (const script of [{ pauseBeforeHead: true }, { pauseAfter: 2 }, { pauseAfter: 0 }]) {
      simulator.reset();
      simulator.script(script);
      expect((await ask(impatient, "?")).error).toMatchObject({ kind: "timeout" });
      await simulator.until((calls) => typeof calls[0]?.disconnectedAt === "number");
    }
  });

  it("an answer that drips for ever ends by the total time-out", async () => {
    simulator.script({ output: 4_000, delayMsPerChunk: 10 });
    const answer = await ask(provider("openai", { totalMs: 500 }), "?");
    expect(answer.error).toMatchObject({ kind: "timeout" });
    expect(answer.text).not.toBe("");
  });

  it("a refused connection is a failure", async () => {
    const settings = {
      id: "openai",
      wire: "openai",
      baseUrl: "http://127.0.0.1:9/v1",
      apiKey,
    } as const;
    expect((await ask(openAiProvider(settings, timeouts), "?")).error).toMatchObject({
      kind: "failed",
    });
  });
});

describe("aborts of the OpenAI wire", () => {
  it.each([0, 1, 5])(
    "after %i chunks the simulator sees the disconnect within a second",
    async (chunks) => {
      simulator.script({ output: 400, pauseAfter: chunks });
      const controller = new AbortController();
      const answered = ask(openai, "?", { signal: controller.signal });
      await simulator.until(
        (calls) => (calls[0]?.startedAt ?? null) !== null && calls[0]?.billed.output === 4 * chunks,
      );
      const abortedAt = Date.now();
      controller.abort();
      const answer = await answered;
      expect(answer.error).toMatchObject({ kind: "aborted" });
      await simulator.waitForEnds(1);
      expect(present(lastCall().disconnectedAt, "disconnected") - abortedAt).toBeLessThan(1_000);
    },
  );

  it("in the middle of running text keeps what came", async () => {
    simulator.script({ output: 4_000 });
    const controller = new AbortController();
    const answer = await ask(openai, "?", {
      signal: controller.signal,
      onText: (text) => {
        if (text.length > 400) controller.abort();
      },
    });
    expect(answer.error).toMatchObject({ kind: "aborted" });
    expect(answer.text.length).toBeGreaterThan(400);
    await simulator.waitForEnds(1);
    expect(lastCall().disconnectedAt).not.toBeNull();
    expect(lastCall().textSent.startsWith(answer.text)).toBe(true);
  });

  it("before dispatch reaches nobody", async () => {
    const answer = await ask(openai, "?", { signal: AbortSignal.abort() });
    expect(answer.error).toMatchObject({ kind: "aborted" });
    expect(simulator.calls).toHaveLength(0);
  });

  it("leaving the loop early closes the connection", async () => {
    simulator.script({ output: 400, pauseAfter: 3 });
    const request = {
      providerModel: "model-one",
      messages: [{ role: "user", text: "?" }],
      outputTokensMax: 4_000,
      signal: new AbortController().signal,
    } as const;
    for await (const event of openai.stream(request)) if (event.type === "delta") break;
    await simulator.until((calls) => typeof calls[0]?.disconnectedAt === "number");
  });
});

describe("malformed streams of the OpenAI wire", () => {
  const event = (delta: object, finish: string | null = null) =>
    JSON.stringify({ id: "c1", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] });
  const usage =
    '{"id":"c1","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}';
  const fixture = [
    ": a comment\r\n\r\n",
    `data: ${event({ role: "assistant", content: "" })}\r\n\r\n`,
    `data: ${event({ content: "Phở " })}\n\nevent: surprise\ndata: {"unknown":true}\n\n`,
    `data: ${event({ content: "bò 🍜" })}\n\n`,
    `data: ${event({}, "stop")}\n\ndata: ${usage}\n\ndata: [DONE]\n\ndata: [DONE]\n\n`,
  ].join("");
  const bytes = Buffer.byteLength(fixture, "utf8");

  it("is read alike wherever the network cuts it", async () => {
    for (let splitAt = 1; splitAt < bytes; splitAt += 1) {
      simulator.script({ rawBody: fixture, splitAt });
      const { text, usage: seen, finishReason, error } = await ask(openai, "?");
      expect({ splitAt, text, output: seen?.output, finishReason, error }).toEqual({
        ...{ splitAt, text: "Phở bò 🍜", output: 4, finishReason: "stop", error: null },
      });
    }
  });

  it("a line of 1 MB is text like any other", async () => {
    const long = "x".repeat(1_000_000);
    simulator.script({
      rawBody: `data: ${event({ content: long })}\n\ndata: ${event({}, "stop")}\n\n`,
    });
    expect((await ask(openai, "?")).text).toHaveLength(1_000_000);
  });

  it.each([
    ["broken JSON", 'data: {"id":\n\n'],
    ["an empty body", ""],
    ["HTML", "<html>Bad gateway</html>"],
    ["a bare null", "data: null\n\n"],
    ["strange shapes", 'data: {"choices":{"0":1},"usage":[]}\n\ndata: 7\n\ndata: "x"\n\n'],
  ])("%s is a clean failure", async (_name, rawBody) => {
    simulator.script({ rawBody });
    expect((await ask(openai, "?")).error).toMatchObject({ kind: "failed", status: null });
  });
});
