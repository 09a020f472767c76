/** A usage a provider may send and nobody should believe, by what is wrong with it. */
export type AbsurdUsage = readonly [name: string, usage: Readonly<Record<string, unknown>>];

/** Of an answer of 100 tokens to a question of 40. */
const openAi = (parts: Readonly<Record<string, unknown>>) => ({
  ...{ prompt_tokens: 40, completion_tokens: 100, total_tokens: 140 },
  ...parts,
});
const cached = (cached_tokens: unknown, rest: object = {}) =>
  openAi({ prompt_tokens_details: { cached_tokens, ...rest } });
const reasoning = (reasoning_tokens: unknown) =>
  openAi({ completion_tokens_details: { reasoning_tokens } });

/** Absurd on any wire of OpenAI's shape. */
const openAiShapes: readonly AbsurdUsage[] = [
  ["nothing at all", {}],
  ["another provider's names", { input_tokens: 40, output_tokens: 100 }],
  ["no prompt", { completion_tokens: 100, total_tokens: 140 }],
  ["a null prompt", openAi({ prompt_tokens: null })],
  ["a negative prompt", openAi({ prompt_tokens: -40 })],
  ["a prompt of 10^12", openAi({ prompt_tokens: 1e12, total_tokens: 1e12 + 100 })],
  ["a prompt of 10^9", openAi({ prompt_tokens: 1e9, total_tokens: 1e9 + 100 })],
  ["a prompt of 10^21", openAi({ prompt_tokens: 1e21, total_tokens: 1e21 })],
  ["a prompt in text", openAi({ prompt_tokens: "40" })],
  ["a broken prompt", openAi({ prompt_tokens: 39.5, total_tokens: 139.5 })],
  ["a prompt that is a list", openAi({ prompt_tokens: [40] })],
  ["a negative completion", openAi({ completion_tokens: -100 })],
  ["a completion of 10^12", openAi({ completion_tokens: 1e12, total_tokens: 1e12 + 40 })],
  ["a completion of 10^9", openAi({ completion_tokens: 1e9, total_tokens: 1e9 + 40 })],
  ["a completion in text", openAi({ completion_tokens: "100" })],
  ["a broken completion", openAi({ completion_tokens: 0.1, total_tokens: 40.1 })],
  ["a completion that is true", openAi({ completion_tokens: true })],
  ["a completion that is an object", openAi({ completion_tokens: { tokens: 100 } })],
  ["a total below its parts", openAi({ total_tokens: 139 })],
  ["a total of nothing", openAi({ total_tokens: 0 })],
  ["a negative total", openAi({ total_tokens: -140 })],
  ["a null total", openAi({ total_tokens: null })],
  ["a total in text", openAi({ total_tokens: "140" })],
  ["a total of 10^12", openAi({ total_tokens: 1e12 })],
  ["more cached than asked", cached(41)],
  ["cached and written beyond the prompt", cached(30, { cache_write_tokens: 11 })],
  ["negative cached", cached(-1)],
  ["cached in text", cached("12")],
  ["written in text", cached(0, { cache_write_tokens: "12" })],
  ["more reasoning than output", reasoning(101)],
  ["negative reasoning", reasoning(-1)],
  ["reasoning in text", reasoning("12")],
  ["no tokens for a long answer", { prompt_tokens: 40, completion_tokens: 0, total_tokens: 40 }],
];

/** Gemini leaves out its completion while it thinks, and hides thinking in the total. */
const openAiOnly: readonly AbsurdUsage[] = [
  ["no completion", { prompt_tokens: 40, total_tokens: 140 }],
  ["a null completion", openAi({ completion_tokens: null })],
  ["a total beyond its parts", openAi({ total_tokens: 141 })],
];
const geminiOnly: readonly AbsurdUsage[] = [
  ["thinking of 10^6 in the total", openAi({ total_tokens: 1_000_140 })],
];

const anthropic = (parts: Readonly<Record<string, unknown>>) => ({
  ...{ input_tokens: 40, output_tokens: 100 },
  ...parts,
});
const written = (total: unknown, split: Readonly<Record<string, unknown>> = {}) =>
  anthropic({ cache_creation_input_tokens: total, cache_creation: split });

const anthropicShapes: readonly AbsurdUsage[] = [
  ["nothing at all", {}],
  ["another provider's names", { prompt_tokens: 40, completion_tokens: 100, total_tokens: 140 }],
  ["no input", { output_tokens: 100 }],
  ["a null input", anthropic({ input_tokens: null })],
  ["a negative input", anthropic({ input_tokens: -40 })],
  ["an input of 10^12", anthropic({ input_tokens: 1e12 })],
  ["an input of 10^9", anthropic({ input_tokens: 1e9 })],
  ["an input of 10^21", anthropic({ input_tokens: 1e21 })],
  ["an input in text", anthropic({ input_tokens: "40" })],
  ["a broken input", anthropic({ input_tokens: 40.5 })],
  ["an input that is a list", anthropic({ input_tokens: [40] })],
  ["no output", { input_tokens: 40 }],
  ["a null output", anthropic({ output_tokens: null })],
  ["a negative output", anthropic({ output_tokens: -100 })],
  ["an output of 10^12", anthropic({ output_tokens: 1e12 })],
  ["an output of 10^9", anthropic({ output_tokens: 1e9 })],
  ["an output in text", anthropic({ output_tokens: "100" })],
  ["a broken output", anthropic({ output_tokens: 99.9 })],
  ["an output that is true", anthropic({ output_tokens: true })],
  ["an output that is an object", anthropic({ output_tokens: { tokens: 100 } })],
  ["negative cache reads", anthropic({ cache_read_input_tokens: -1 })],
  ["cache reads of 10^12", anthropic({ cache_read_input_tokens: 1e12 })],
  ["cache reads of 10^9", anthropic({ cache_read_input_tokens: 1e9 })],
  ["cache reads in text", anthropic({ cache_read_input_tokens: "7" })],
  ["negative cache writes", written(-1)],
  ["cache writes in text", written("7")],
  ["cache writes of 10^12", written(1e12)],
  ["a split beyond its total", written(10, { ephemeral_5m_input_tokens: 11 })],
  ["a negative split", written(10, { ephemeral_1h_input_tokens: -1 })],
  ["a split in text", written(10, { ephemeral_5m_input_tokens: "10" })],
  ["more thinking than output", anthropic({ output_tokens_details: { thinking_tokens: 101 } })],
  ["negative thinking", anthropic({ output_tokens_details: { thinking_tokens: -1 } })],
  ["thinking in text", anthropic({ output_tokens_details: { thinking_tokens: "9" } })],
  ["no tokens for a long answer", anthropic({ output_tokens: 0 })],
];

export const absurdUsages = {
  openai: [...openAiShapes, ...openAiOnly],
  gemini: [...openAiShapes, ...geminiOnly],
  anthropic: anthropicShapes,
} as const;
