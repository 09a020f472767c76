import { promptCacheOf } from "@/domain/routing/provider-traits.ts";
import type { WarmCache } from "@/domain/routing/turn-facts.ts";
import type { CompletionMessage } from "@/server/llm/stream-completion.ts";
import { HISTORY_ITEMS_MAX, type FactsDocument } from "./store/turn-facts.ts";

/** Whether a context built from a history holds all of it: then it begins as the turn before did. */
export function isHistoryWhole(
  history: readonly CompletionMessage[],
  context: readonly CompletionMessage[],
): boolean {
  const said = history.filter((message) => message.text !== "");
  return history.length < HISTORY_ITEMS_MAX && context.length === said.length + 1;
}

/**
 * The model whose provider still holds the beginning of this prompt: that of the turn before, while
 * its cache lives. The age is counted from when that turn was asked, which is never too young.
 * @param prompt.isHistoryWhole false when old messages were left out: then the prompt begins
 * differently and no cache fits.
 */
export function warmCacheOf(
  previous: FactsDocument["previous"],
  prompt: { readonly now: Date; readonly isHistoryWhole: boolean },
): WarmCache | null {
  if (previous === null || !prompt.isHistoryWhole) return null;
  const cache = promptCacheOf(previous.provider);
  const ageMs = prompt.now.getTime() - new Date(previous.askedAt).getTime();
  if (cache === null || ageMs >= cache.lifeMs) return null;
  if (previous.inputTokens < cache.inputTokensMin) return null;
  return { modelId: previous.modelId, inputTokens: previous.inputTokens };
}
