/** Answers that only call tools, as each vendor documents them; we offer no tools. */
const openAiEvents = [
  {
    ...{ id: "chatcmpl-T1", object: "chat.completion.chunk", model: "with-tools" },
    choices: [
      {
        index: 0,
        delta: {
          role: "assistant",
          content: null,
          tool_calls: [
            { index: 0, id: "call_1", type: "function", function: { name: "look", arguments: "" } },
          ],
        },
        finish_reason: null,
      },
    ],
  },
  {
    ...{ id: "chatcmpl-T1", object: "chat.completion.chunk", model: "with-tools" },
    choices: [
      {
        index: 0,
        delta: { tool_calls: [{ index: 0, function: { arguments: '{"at":"phở"}' } }] },
        finish_reason: null,
      },
    ],
  },
  {
    ...{ id: "chatcmpl-T1", object: "chat.completion.chunk", model: "with-tools" },
    choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }],
    usage: { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 },
  },
];

const anthropicEvents = [
  {
    type: "message_start",
    message: {
      ...{ id: "msg_T1", type: "message", role: "assistant", model: "with-tools", content: [] },
      usage: { input_tokens: 30, output_tokens: 1 },
    },
  },
  {
    ...{ type: "content_block_start", index: 0 },
    content_block: { type: "tool_use", id: "toolu_1", name: "look", input: {} },
  },
  {
    ...{ type: "content_block_delta", index: 0 },
    delta: { type: "input_json_delta", partial_json: '{"at":"phở"}' },
  },
  { type: "content_block_stop", index: 0 },
  {
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 12 },
  },
  { type: "message_stop" },
];

const openAiStream = `${openAiEvents.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`;

export const toolOnlyStreams = {
  openai: openAiStream,
  gemini: openAiStream,
  anthropic: anthropicEvents
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join(""),
} as const;
