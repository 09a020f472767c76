import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { playAnswer } from "./simulator-answer.ts";
import { anthropicWire } from "./simulator-anthropic.ts";
import { nothingBilled, promptTokensOf } from "./simulator-bill.ts";
import { answerControl } from "./simulator-control.ts";
import type { Exchange } from "./simulator-control.ts";
import { geminiWire, openAiWire } from "./simulator-openai.ts";
import { newSimulatorRecord } from "./simulator-record.ts";
import type { SimulatorCall, SimulatorRecord } from "./simulator-record.ts";
import { scriptFor, simulatorScriptSchema } from "./simulator-script.ts";
import type { FilledScript, ScriptSource, SimulatedRequest } from "./simulator-script.ts";
import type { Wire } from "./simulator-wire.ts";

export type { SimulatorCall } from "./simulator-record.ts";
export type { SimulatorScript } from "./simulator-script.ts";

/**
 * A provider of our own on a random local port: OpenAI (`/v1/chat/completions`), Gemini's
 * OpenAI-compatible address (`/gemini/v1/chat/completions`) and Anthropic (`/v1/messages`),
 * streaming only, with its own record of what it billed.
 */
export type Simulator = {
  /** Base URLs to put into the settings, as the official SDKs take them. */
  readonly url: string;
  readonly openAiBaseUrl: string;
  readonly geminiBaseUrl: string;
  readonly anthropicBaseUrl: string;
  readonly calls: readonly SimulatorCall[];
  /** All of its life, `reset` or not: what the oracle goes by. */
  readonly everyCall: readonly SimulatorCall[];
  /**
   * What requests without a directive get from now on; a directive is `[[sim:{…}]]` in the last
   * user message.
   */
  readonly script: (source: ScriptSource) => void;
  readonly hold: () => void;
  readonly release: () => void;
  readonly waitForCalls: (count: number) => Promise<void>;
  readonly waitForEnds: (count: number) => Promise<void>;
  readonly until: SimulatorRecord["until"];
  readonly reset: () => void;
  readonly stop: () => Promise<void>;
};

/** Starts the simulator on 127.0.0.1, on a free port unless one is given. */
export async function startProviderSimulator(port = 0): Promise<Simulator> {
  const record = newSimulatorRecord();
  let source: ScriptSource = {};
  const setScript = (next: ScriptSource) => {
    source = next;
  };
  const server = createServer((request, response) => {
    respond({ request, response, record, source: () => source, setScript }).catch(
      (error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
  const url = await listen(server, port);
  return {
    url,
    openAiBaseUrl: `${url}/v1`,
    geminiBaseUrl: `${url}/gemini/v1`,
    anthropicBaseUrl: url,
    calls: record.calls,
    everyCall: record.everyCall,
    script: setScript,
    hold: record.hold,
    release: record.release,
    until: record.until,
    waitForCalls: (count) => record.until((calls) => calls.length >= count),
    waitForEnds: (count) =>
      record.until((calls) => calls.filter((call) => call.endedAt !== null).length >= count),
    reset: () => {
      source = {};
      record.reset();
    },
    stop: () => stop(server, record),
  };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no address"));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

function stop(server: Server, record: SimulatorRecord): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    record.release();
    server.closeAllConnections();
  });
}

const routes: Readonly<Record<string, SimulatedRequest["wire"]>> = {
  "/v1/chat/completions": "openai",
  "/gemini/v1/chat/completions": "gemini",
  "/v1/messages": "anthropic",
};

const wires: Readonly<Record<SimulatedRequest["wire"], Wire>> = {
  openai: openAiWire,
  gemini: geminiWire,
  anthropic: anthropicWire,
};

const content = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.literal("text"), text: z.string() })).transform(textOfParts),
]);

const requestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.string(), content })).min(1),
  system: content.optional(),
  stream: z.literal(true),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).optional(),
  max_tokens: z.number().int().min(1).optional(),
  max_completion_tokens: z.number().int().min(1).optional(),
});

function textOfParts(parts: readonly { readonly text: string }[]): string {
  return parts.map((part) => part.text).join("");
}

async function respond(exchange: Exchange): Promise<void> {
  const { request, response, record } = exchange;
  const path = new URL(request.url ?? "/", "http://simulator").pathname;
  if (path.startsWith("/__")) return answerControl(exchange, path);
  const kind = routes[path];
  if (kind === undefined || request.method !== "POST") {
    response
      .writeHead(404, { "content-type": "application/json" })
      .end('{"error":{"message":"Unknown URL"}}');
    return;
  }
  const requestBody: unknown = await json(request).catch(() => null);
  const parsed = requestSchema.safeParse(requestBody);
  const model = parsed.data?.model ?? "";
  const texts = parsed.data?.messages.map((message) => message.content) ?? [];
  const lastUserText = texts.at(-1) ?? "";
  const callId = record.nextCallId();
  const call: SimulatorCall = {
    ...{ callId, wire: kind, path, model, servedModel: model, requestBody, lastUserText },
    ...{ receivedAt: Date.now(), startedAt: null, endedAt: null, disconnectedAt: null },
    ...{ status: 0, textSent: "", billed: { ...nothingBilled }, script: null },
    promptTokens: promptTokensOf(
      parsed.data?.system === undefined ? texts : [parsed.data.system, ...texts],
    ),
  };
  record.add(call);
  const attempt = record.calls.filter((other) => other.lastUserText === lastUserText).length;
  const script = scriptOf(
    { wire: kind, model, lastUserText, attempt, body: requestBody },
    exchange,
    {
      isAuthorised: isAuthorised(request, kind),
      isWellFormed: parsed.success,
    },
  );
  call.script = script;
  call.servedModel = script.servedModel ?? model;
  await playAnswer({
    ...{ call, record, wire: wires[kind], script, response },
    promptTokens: call.promptTokens,
    outputTokensMax:
      parsed.data?.max_completion_tokens ?? parsed.data?.max_tokens ?? Number.MAX_SAFE_INTEGER,
    includeUsage: parsed.data?.stream_options?.include_usage === true,
  });
}

/**
 * The Anthropic SDK sends its key as a bearer token; plain HTTP clients of that API use
 * `x-api-key`.
 */
function isAuthorised(request: IncomingMessage, kind: SimulatedRequest["wire"]): boolean {
  if (kind === "anthropic" && request.headers["x-api-key"] !== undefined) return true;
  return request.headers.authorization?.startsWith("Bearer ") === true;
}

type Door = { readonly isAuthorised: boolean; readonly isWellFormed: boolean };

function scriptOf(request: SimulatedRequest, exchange: Exchange, door: Door): FilledScript {
  if (!door.isAuthorised)
    return simulatorScriptSchema.parse({ status: 401, errorCode: "authentication_error" });
  if (!door.isWellFormed)
    return simulatorScriptSchema.parse({ status: 400, errorCode: "invalid_request_error" });
  return scriptFor(request, exchange.source());
}
