import { present } from "@/domain/assert.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import type { TokenCounter } from "@/server/llm/count-tokens.ts";
import type { CompletionMessage } from "@/server/llm/stream-completion.ts";
import type { SendMessageInput } from "./schema.ts";

/** Framing tokens per message of the chat format. */
const TOKENS_PER_MESSAGE = 4;

type WireContent = SendMessageInput["messages"][number]["content"];

function textOf(content: WireContent): string {
  return typeof content === "string" ? content : content.map((part) => part.text).join("\n");
}

/** The question of a request: its last message. */
export function questionText(input: Pick<SendMessageInput, "messages">): string {
  return cleanText(textOf(present(input.messages.at(-1), "the schema asks for a message").content));
}

/** Tokens of a context by our estimator, framing included. */
export function tokensOf(context: readonly CompletionMessage[], count: TokenCounter): number {
  return context.reduce((sum, message) => sum + count(message.text) + TOKENS_PER_MESSAGE, 0);
}

/**
 * What the provider gets: with a conversation its own history, newest kept up to
 * `historyTokensMax`; without one the caller's messages as given. The question is always last and
 * always whole.
 */
export function buildContext(input: {
  readonly request: Pick<SendMessageInput, "conversationId" | "messages">;
  readonly history: readonly CompletionMessage[];
  readonly question: string;
  readonly historyTokensMax: number;
  readonly count: TokenCounter;
}): readonly CompletionMessage[] {
  const { request, question } = input;
  const last: CompletionMessage = { role: "user", text: question };
  if (request.conversationId === undefined) {
    const given = request.messages.slice(0, -1);
    return [
      ...given.map((message) => ({ role: message.role, text: cleanText(textOf(message.content)) })),
      last,
    ];
  }
  const kept: CompletionMessage[] = [];
  let tokens = 0;
  for (const message of input.history.toReversed()) {
    tokens += input.count(message.text) + TOKENS_PER_MESSAGE;
    if (tokens > input.historyTokensMax) break;
    if (message.text !== "") kept.unshift(message);
  }
  // A cut may leave an answer without its question in front, which Anthropic's wire refuses.
  while (kept[0]?.role === "assistant") kept.shift();
  return [...kept, last];
}

/**
 * A conversation's first title: the first words of its question on one line, at most 80 characters.
 */
export function titleOf(question: string): string {
  const line = question.replace(/[\p{C}\s]+/gu, " ").trim();
  if (line === "") return "…";
  const characters = [...line];
  if (characters.length <= 60) return line;
  const cut = characters.slice(0, 60).join("");
  const lastSpace = cut.lastIndexOf(" ");
  return `${lastSpace > 20 ? cut.slice(0, lastSpace) : cut}…`;
}
