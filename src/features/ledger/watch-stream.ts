import type { TokenUsage } from "@/domain/pricing/token-usage.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import type { CompletionEvent, FinishReason } from "@/server/llm/stream-completion.ts";

/**
 * Half of the step that may be lost (200 tokens or 500 ms): a save that is late by as much again,
 * on a busy process, is still in time.
 */
const PROGRESS_TOKENS = 100;
const PROGRESS_MS = 250;
const NAME_CHARACTERS_MAX = 200;

/**
 * Rough tokens while streaming (about 3.5 characters each); the exact count is made once, at the
 * end.
 */
const CHARACTERS_PER_TOKEN = 3.5;

/** What was seen of a running answer; filled event by event. */
export type SeenStream = {
  text: string;
  reasoningText: string;
  usage: TokenUsage | null;
  /** The provider's last word on its usage could not be true. */
  isUsageAbsurd: boolean;
  finishReason: FinishReason | null;
  servedModel: string | null;
  providerRequestId: string | null;
  startedAtMs: number;
  firstTokenAtMs: number | null;
};

export function emptySeenStream(nowMs: number): SeenStream {
  return {
    text: "",
    reasoningText: "",
    usage: null,
    isUsageAbsurd: false,
    finishReason: null,
    servedModel: null,
    providerRequestId: null,
    startedAtMs: nowMs,
    firstTokenAtMs: null,
  };
}

/** Output tokens seen so far by the rough rule; whole, >= 0. */
export function roughOutputTokens(seen: SeenStream): number {
  return roughTokensOf(seen.text.length + seen.reasoningText.length);
}

/** The rule itself: whole tokens, rounded up. */
export function roughTokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** A provider's own names go into the books: whatever they hold, the books must take them. */
function storable(name: string | null): string | null {
  return name === null ? null : cleanText(name).slice(0, NAME_CHARACTERS_MAX);
}

/** Takes one event into what was seen. */
export function noteEvent(seen: SeenStream, event: CompletionEvent, nowMs: number): void {
  switch (event.type) {
    case "started":
      seen.servedModel = storable(event.servedModel) ?? seen.servedModel;
      seen.providerRequestId = storable(event.providerRequestId) ?? seen.providerRequestId;
      return;
    case "delta":
      seen.firstTokenAtMs ??= nowMs;
      seen.text += event.text;
      return;
    case "reasoning":
      seen.firstTokenAtMs ??= nowMs;
      seen.reasoningText += event.text;
      return;
    case "usage":
      seen.usage = event.usage;
      return;
    case "absurd_usage":
      seen.isUsageAbsurd = true;
      return;
    case "finished":
      seen.finishReason = event.finishReason;
  }
}

/** Tells when progress is due: every 100 tokens or 250 ms, whichever is first. */
export function makeProgressClock(nowMs: number): (tokens: number, nowMs: number) => boolean {
  let savedTokens = 0;
  let savedAtMs = nowMs;
  return (tokens, atMs) => {
    if (tokens - savedTokens < PROGRESS_TOKENS && atMs - savedAtMs < PROGRESS_MS) return false;
    savedTokens = tokens;
    savedAtMs = atMs;
    return true;
  };
}
