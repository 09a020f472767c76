import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { present } from "@/domain/assert.ts";
import { openAiProvider } from "@/server/llm/openai.ts";
import type { LlmProvider } from "@/server/llm/stream-completion.ts";
import { startProviderSimulator } from "../support/provider-simulator.ts";
import type { Simulator, SimulatorScript } from "../support/provider-simulator.ts";
import { ask } from "../support/simulator-client.ts";

const apiKey = "AIza-secret-key-of-the-test";

let simulator: Simulator;
let gemini: LlmProvider;

const lastCall = () => present(simulator.calls.at(-1), "the simulator was called");

beforeAll(async () => {
  simulator = await startProviderSimulator();
  gemini = openAiProvider({
    id: "gemini",
    wire: "gemini",
    baseUrl: simulator.geminiBaseUrl,
    apiKey,
  });
});
afterEach(() => {
  simulator.reset();
});
afterAll(() => simulator.stop());

describe("answers of Gemini's OpenAI-compatible address", () => {
  const answers: [string, SimulatorScript, string][] = [
    ["plain", { output: 40 }, "stop"],
    ["cached input", { input: 30, cached: 2_048 }, "stop"],
    ["reasoning, named only by the total", { output: 12, reasoning: 320 }, "stop"],
    ["long", { output: 3_900, tokensPerChunk: 50 }, "stop"],
    ["empty", { empty: true }, "stop"],
    ["refused", { output: 5, refused: true }, "content_filter"],
    ["cut at the cap", { output: 5_000, tokensPerChunk: 100 }, "length"],
    ["cut while reasoning", { reasoning: 5_000 }, "length"],
  ];

  it.each(answers)(
    "%s: the text and the usage equal the simulator's own record",
    async (_name, script, finish) => {
      simulator.script(script);
      const answer = await ask(gemini, "Vì sao bầu trời xanh?");
      expect(answer.error).toBeNull();
      expect(answer.text).toBe(lastCall().textSent);
      expect(answer.usage).toEqual(lastCall().billed);
      expect(answer.finishReason).toBe(finish);
      expect(answer.providerRequestId).toBe(lastCall().callId);
    },
  );

  it("an aborted answer knows the usage of the last chunk it saw", async () => {
    simulator.script({ output: 400, pauseAfter: 5, reasoning: 60 });
    const controller = new AbortController();
    const answered = ask(gemini, "?", {
      signal: controller.signal,
      onText: (text) => {
        if (text.length === 5 * 16) controller.abort();
      },
    });
    const answer = await answered;
    expect(answer.error).toMatchObject({ kind: "aborted" });
    await simulator.waitForEnds(1);
    expect(answer.usage?.freshInput).toBe(lastCall().billed.freshInput);
    expect(answer.usage?.reasoning).toBe(60);
  });

  it("an error body that is a list is mapped by its status alone", async () => {
    simulator.script({ status: 429, retryAfter: "3", errorMessage: apiKey });
    const { error } = await ask(gemini, "?");
    expect(error).toMatchObject({ kind: "throttled", status: 429, retryAfterSeconds: 3 });
    expect(error?.message).not.toContain(apiKey);
  });
});
