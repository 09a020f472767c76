import type { TokenUsage } from "@/domain/pricing/token-usage.ts";
import { fieldsOf } from "./read-json.ts";

/** Above any context window times any number of steps: a count beyond it is a fault, not a bill. */
const tokensMax = 1_000_000_000;

/** A token count as a provider may send it: whole, 0 to 10^9. `null`: present but absurd. */
function readCount(value: unknown): number | null {
  if (typeof value !== "number" || !Number.isInteger(value)) return null;
  return value >= 0 && value <= tokensMax ? value : null;
}

/** An optional count: missing or JSON null is 0, absurd is null. */
function readOptionalCount(value: unknown): number | null {
  return value === undefined || value === null ? 0 : readCount(value);
}

/**
 * How a provider on the OpenAI wire counts thinking. `openai`: inside `completion_tokens`; a total
 * beyond the parts is believed only where `reasoning_tokens` names exactly the difference (some
 * compatible servers report reasoning beside the completion). `gemini`: outside
 * `completion_tokens`, inside `total_tokens`, as a rule not named apart; output is total − prompt.
 */
export type OpenAiUsageRule = "openai" | "gemini";

/**
 * `usage` of the OpenAI wire → our disjoint classes, or null when it cannot be trusted (the caller
 * estimates). Cached tokens, and tokens written to the cache (billed apart from gpt-5.6 on, kept
 * for 30 minutes, which is booked in our short-lived write class), are inside `prompt_tokens`;
 * reasoning is inside the output. Sources: OpenAI API reference (CompletionUsage; `openai` 6.49
 * types); Gemini's rule as seen on its OpenAI-compatible address,
 * `{"completion_tokens":1,"prompt_tokens":9,"total_tokens":103}`, cumulative on every chunk
 * (discuss.ai.google.dev/t/127400), and native `totalTokenCount` = prompt + candidates + thoughts.
 */
export function openAiUsage(raw: unknown, rule: OpenAiUsageRule): TokenUsage | null {
  const fields = fieldsOf(raw);
  const promptDetails = fieldsOf(fields["prompt_tokens_details"]);
  const prompt = readCount(fields["prompt_tokens"]);
  const cached = readOptionalCount(
    promptDetails["cached_tokens"] ?? fields["prompt_cache_hit_tokens"],
  );
  const written = readOptionalCount(promptDetails["cache_write_tokens"]);
  if (prompt === null || cached === null || written === null || cached + written > prompt)
    return null;
  const output = openAiOutput(fields, prompt, rule);
  if (output === null) return null;
  return {
    freshInput: prompt - cached - written,
    cachedInput: cached,
    cacheWrite5m: written,
    cacheWrite1h: 0,
    ...output,
  };
}

type OutputTokens = Pick<TokenUsage, "output" | "reasoning">;

function openAiOutput(
  fields: Readonly<Record<string, unknown>>,
  prompt: number,
  rule: OpenAiUsageRule,
): OutputTokens | null {
  const completion = readCompletion(fields["completion_tokens"], rule);
  const named = fieldsOf(fields["completion_tokens_details"])["reasoning_tokens"];
  const reasoning = readOptionalCount(named);
  if (completion === null || reasoning === null) return null;
  const total =
    fields["total_tokens"] === undefined ? prompt + completion : readCount(fields["total_tokens"]);
  if (total === null || total < prompt + completion) return null;
  const beyond = total - prompt - completion;
  if (beyond === 0) return reasoning <= completion ? { output: completion, reasoning } : null;
  if (rule === "openai" && beyond !== reasoning) return null;
  const output = completion + beyond;
  const thinking = isNamed(named) ? reasoning : beyond;
  return thinking <= output ? { output, reasoning: thinking } : null;
}

/** Gemini leaves `completion_tokens` out while it has only thought. */
function readCompletion(value: unknown, rule: OpenAiUsageRule): number | null {
  return rule === "gemini" ? readOptionalCount(value) : readCount(value);
}

function isNamed(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/**
 * Anthropic's `usage` of `message_start`, overlaid by that of the last `message_delta` (cumulative;
 * fields it leaves out or sends as null stay as they were) → our classes, or null when it cannot be
 * trusted. Cache reads and writes are outside `input_tokens`. Writes are split into 5-minute and
 * 1-hour ones; what the split does not name is a 5-minute write, the default lifetime. Thinking is
 * inside `output_tokens`. Source: Anthropic Messages API, streaming and prompt caching;
 * `@anthropic-ai/sdk` 1.11 types.
 */
export function anthropicUsage(start: unknown, delta: unknown): TokenUsage | null {
  const first = fieldsOf(start);
  const last = fieldsOf(delta);
  const pick = (name: string) => last[name] ?? first[name];
  const freshInput = readCount(pick("input_tokens"));
  const output = readCount(pick("output_tokens"));
  const cachedInput = readOptionalCount(pick("cache_read_input_tokens"));
  const reasoning = readOptionalCount(fieldsOf(pick("output_tokens_details"))["thinking_tokens"]);
  const writes = anthropicCacheWrites(
    pick("cache_creation_input_tokens"),
    fieldsOf(pick("cache_creation")),
  );
  if (
    freshInput === null ||
    output === null ||
    cachedInput === null ||
    reasoning === null ||
    writes === null
  ) {
    return null;
  }
  if (reasoning > output) return null;
  return { freshInput, cachedInput, ...writes, output, reasoning };
}

function anthropicCacheWrites(
  total: unknown,
  split: Readonly<Record<string, unknown>>,
): Pick<TokenUsage, "cacheWrite5m" | "cacheWrite1h"> | null {
  const written = readOptionalCount(total);
  const named5m = readOptionalCount(split["ephemeral_5m_input_tokens"]);
  const cacheWrite1h = readOptionalCount(split["ephemeral_1h_input_tokens"]);
  if (written === null || named5m === null || cacheWrite1h === null) return null;
  if (!isNamed(total)) return { cacheWrite5m: named5m, cacheWrite1h };
  if (named5m + cacheWrite1h > written) return null;
  return { cacheWrite5m: written - cacheWrite1h, cacheWrite1h };
}
