import { setTimeout } from "node:timers/promises";
import { tokenCounter } from "./count-tokens.ts";
import { demoAnswer } from "./demo-answers.ts";
import type { DemoLength } from "./demo-answers.ts";
import { abortedError } from "./provider-errors.ts";
import { ProviderError } from "./stream-completion.ts";
import type { CompletionEvent, CompletionRequest, LlmProvider } from "./stream-completion.ts";

/** The demo models by their names at the provider, and how much each has to say. */
const lengths: Readonly<Record<string, DemoLength>> = {
  "pho-nho": "brief",
  "pho-vua": "detail",
  "pho-dac-biet": "depth",
};

/** What a message costs beyond its text, as with the real providers. */
const messageTokens = 3;
const delayMsMin = 15;
const delayMsSpread = 16;

/**
 * The demo provider: prepared answers, streamed like those of a real provider and metered by tokens
 * that are counted (o200k), so that a newcomer sees the whole product with no key. It runs in this
 * process and sends nothing anywhere.
 */
export function demoProvider(id: string): LlmProvider {
  return { id, load: () => Promise.resolve(), stream: (request) => streamDemo(id, request) };
}

async function* streamDemo(
  providerId: string,
  request: CompletionRequest,
): AsyncGenerator<CompletionEvent> {
  const length = lengths[request.providerModel];
  if (length === undefined)
    throw new ProviderError("rejected", `${providerId}: no such model`, { status: 404 });
  const count = await tokenCounter();
  if (request.signal.aborted) throw abortedError(providerId);
  yield { type: "started", providerRequestId: null, servedModel: request.providerModel };
  const freshInput = request.messages.reduce(
    (sum, { text }) => sum + count(text) + messageTokens,
    0,
  );
  yield usageEvent(freshInput, 0);
  let output = 0;
  for (const piece of piecesOf(demoAnswer(request.messages, length))) {
    const tokens = count(piece);
    if (output + tokens > request.outputTokensMax) {
      yield* lastEvents(freshInput, output, "length");
      return;
    }
    const isAborted = await pause(piece, request.signal);
    if (isAborted) {
      yield usageEvent(freshInput, output);
      throw abortedError(providerId);
    }
    output += tokens;
    yield { type: "delta", text: piece };
  }
  yield* lastEvents(freshInput, output, "stop");
}

function lastEvents(
  freshInput: number,
  output: number,
  finishReason: "stop" | "length",
): CompletionEvent[] {
  return [usageEvent(freshInput, output), { type: "finished", finishReason }];
}

function usageEvent(freshInput: number, output: number): CompletionEvent {
  return {
    type: "usage",
    usage: { freshInput, cachedInput: 0, cacheWrite5m: 0, cacheWrite1h: 0, output, reasoning: 0 },
  };
}

/** About two words at a time, blanks kept. */
function piecesOf(text: string): string[] {
  return text.match(/\s*\S+\s+\S+|\s*\S+\s*/g) ?? [];
}

/**
 * 15 to 30 ms, from the piece itself: the same answer always takes the same time. True when the
 * caller aborted.
 */
async function pause(piece: string, signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(delayMsMin + ((piece.length * 7) % delayMsSpread), undefined, { signal });
  } catch {
    // The only way the timer fails is the caller's abort.
  }
  return signal.aborted;
}
