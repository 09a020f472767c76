import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openAiProvider } from "@/server/llm/openai.ts";
import { startProviderSimulator } from "../support/provider-simulator.ts";
import type { Simulator } from "../support/provider-simulator.ts";
import { ask } from "../support/simulator-client.ts";

let simulator: Simulator;

const providerAt = (baseUrl: string) =>
  openAiProvider({ id: "openai", wire: "openai", baseUrl, apiKey: "sk-test" });

beforeAll(async () => {
  simulator = await startProviderSimulator();
});
afterEach(() => {
  simulator.reset();
});
afterAll(() => simulator.stop());

describe("the provider simulator", () => {
  it("stays silent while held, however many ask, and answers all once released", async () => {
    simulator.hold();
    const openai = providerAt(simulator.openAiBaseUrl);
    const answers = Array.from({ length: 64 }, () => ask(openai, "Xin chào"));
    await simulator.waitForCalls(64);
    expect(simulator.calls.every((call) => call.startedAt === null && call.endedAt === null)).toBe(
      true,
    );
    simulator.release();
    for (const answer of await Promise.all(answers)) expect(answer.finishReason).toBe("stop");
    expect(new Set(simulator.calls.map((call) => call.callId)).size).toBe(64);
  });

  it("bills what it sent when the client leaves, and nothing before the head", async () => {
    const openai = providerAt(simulator.openAiBaseUrl);
    for (const script of [
      { output: 100, pauseAfter: 3, reasoning: 7 },
      { pauseBeforeHead: true },
    ]) {
      simulator.reset();
      simulator.script(script);
      const controller = new AbortController();
      const answered = ask(openai, "Xin chào", { signal: controller.signal });
      const isPaused = script.pauseAfter === 3;
      await simulator.until(
        (calls) => calls.length === 1 && (!isPaused || calls[0]?.billed.output === 19),
      );
      controller.abort();
      await answered;
      await simulator.waitForEnds(1);
      expect(simulator.calls[0]?.disconnectedAt).not.toBeNull();
      expect(simulator.calls[0]?.billed).toMatchObject(
        isPaused ? { output: 19, reasoning: 7, freshInput: 6 } : { output: 0, freshInput: 0 },
      );
    }
  });

  it("is directed from inside the last user message", async () => {
    const answer = await ask(
      providerAt(simulator.openAiBaseUrl),
      'Xin chào [[sim:{"output":200,"cached":50,"servedModel":"other"}]]',
    );
    expect(answer).toMatchObject({
      servedModel: "other",
      usage: { output: 200, cachedInput: 50 },
    });
  });

  it("refuses a request without a key or of the wrong shape, as the providers do", async () => {
    const post = (headers: Record<string, string>, body: string) =>
      fetch(`${simulator.anthropicBaseUrl}/v1/messages`, { method: "POST", headers, body });
    expect((await post({}, "{}")).status).toBe(401);
    expect((await post({ "x-api-key": "sk-test" }, "{}")).status).toBe(400);
    expect((await fetch(`${simulator.url}/v1/models`)).status).toBe(404);
  });

  it("runs as a process of its own and shows its record to others", async () => {
    const main = fileURLToPath(new URL("../support/provider-simulator-main.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", main], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [line] = z.tuple([z.string()]).parse(await once(createInterface(child.stdout), "line"));
      const address = z.object({ url: z.url(), openAiBaseUrl: z.url() }).parse(JSON.parse(line));
      const script = JSON.stringify({ output: 5, cached: 9 });
      await fetch(`${address.url}/__script`, { method: "POST", body: script });
      const answer = await ask(providerAt(address.openAiBaseUrl), "Xin chào");
      const record: unknown = await (await fetch(`${address.url}/__record`)).json();
      expect(record).toMatchObject({ calls: [{ billed: answer.usage, textSent: answer.text }] });
      await fetch(`${address.url}/__reset`, { method: "POST" });
      expect(await (await fetch(`${address.url}/__record`)).json()).toEqual({ calls: [] });
    } finally {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    expect(child.exitCode).toBe(0);
  });
});
