import { z } from "zod";

const count = z.number().int().min(0);

/**
 * How the simulator answers one request. Everything has a default, so `{}` is a plain answer of 24
 * tokens. Counts of tokens follow the simulator's own rule (`simulator-bill.ts`); a chunk is one
 * event of text.
 */
export const simulatorScriptSchema = z.strictObject({
  /** Visible tokens of the answer, where `text` is not given. */
  output: count.default(24),
  /** The answer itself. */
  text: z.string().optional(),
  tokensPerChunk: count.min(1).default(4),
  delayMsPerChunk: count.default(0),
  /** Fresh input tokens; otherwise counted from the request. */
  input: count.optional(),
  cached: count.default(0),
  cacheWrite5m: count.default(0),
  cacheWrite1h: count.default(0),
  reasoning: count.default(0),
  /** Reasoning sent as text too (`reasoning_content`, thinking blocks). */
  showReasoning: z.boolean().default(false),
  /** The answer ends by the provider's content filter or refusal. */
  refused: z.boolean().default(false),
  /** No text at all; reasoning is still billed. */
  empty: z.boolean().default(false),
  /** The model named in the answer, where it is not the one asked for. */
  servedModel: z.string().optional(),
  /** An HTTP error before the first byte, in the provider's error body. */
  status: z.number().int().min(300).max(599).optional(),
  errorCode: z.string().default("simulated_error"),
  errorMessage: z.string().default("The simulator was told to fail."),
  retryAfter: z.string().optional(),
  /**
   * After so many chunks: an error event, a TCP reset, a clean end without a finish, silence until
   * `release()`.
   */
  errorAfter: count.optional(),
  resetAfter: count.optional(),
  endAfter: count.optional(),
  pauseAfter: count.optional(),
  /** Silence before the head of the response, until `release()`. */
  pauseBeforeHead: z.boolean().default(false),
  /** A silence ends by itself after so long. */
  pauseMs: count.optional(),
  /** The connection is reset before the head of the response. */
  resetBeforeHead: z.boolean().default(false),
  /** Every single byte of the stream comes so long after the one before. */
  dripMs: count.optional(),
  /** After so many chunks these bytes come between two events, as they are; the answer goes on. */
  garbageAfter: count.optional(),
  garbage: z.string().default("data: {not json\n\n"),
  /** `none`: never reported. An object: sent as it is, in place of the true usage. */
  usage: z
    .union([z.literal("true"), z.literal("none"), z.record(z.string(), z.unknown())])
    .default("true"),
  /** The usage rides on the finishing chunk instead of one of its own (OpenAI wire). */
  usageOnFinish: z.boolean().default(false),
  /** The whole body, sent as it is with status 200 and cut into two writes at `splitAt` bytes. */
  rawBody: z.string().optional(),
  /** `base64`: for a body that is not text. */
  rawEncoding: z.enum(["utf8", "base64"]).default("utf8"),
  splitAt: count.optional(),
  /** What the n-th request with this very question gets, laid over the rest of the script. */
  attempts: z.array(z.record(z.string(), z.unknown())).optional(),
});

export type SimulatorScript = z.input<typeof simulatorScriptSchema>;
export type FilledScript = z.output<typeof simulatorScriptSchema>;

/** What a script may depend on. */
export type SimulatedRequest = {
  readonly wire: "openai" | "gemini" | "anthropic";
  readonly model: string;
  readonly lastUserText: string;
  /** 1 for the first request with this last user message, 2 for its first repetition. */
  readonly attempt: number;
  readonly body: unknown;
};

export type ScriptSource = SimulatorScript | ((request: SimulatedRequest) => SimulatorScript);

const directivePattern = /\[\[sim:(\{.*\})\]\]/s;

/**
 * The script of a request: a directive `[[sim:{…}]]` in its last user message wins over the default
 * of the test.
 */
export function scriptFor(request: SimulatedRequest, source: ScriptSource): FilledScript {
  const directive = directivePattern.exec(request.lastUserText)?.[1];
  const given: unknown =
    directive !== undefined
      ? JSON.parse(directive)
      : typeof source === "function"
        ? source(request)
        : source;
  const script = simulatorScriptSchema.parse(given);
  const own = script.attempts?.[request.attempt - 1];
  if (own === undefined) return script;
  return simulatorScriptSchema.parse({ ...(given as SimulatorScript), ...own });
}
