import { z } from "zod";
import {
  decisionView,
  receiptView,
  type DecisionView,
  type ReceiptView,
} from "@/features/chat/schema.ts";

/** One event of the stream: an ordinary chunk, or the failure that ends it. */
const chunkSchema = z.looseObject({
  model: z.string().optional(),
  choices: z
    .array(
      z.looseObject({
        delta: z.object({ role: z.string().optional(), content: z.string().optional() }),
        finish_reason: z.string().nullable(),
      }),
    )
    .optional(),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  pho: z
    .strictObject({
      conversationId: z.uuid(),
      decision: decisionView,
      receipt: receiptView,
      replayed: z.literal(true),
    })
    .partial()
    .optional(),
});
export type StreamChunk = z.output<typeof chunkSchema>;

/** What came over the chat door's stream, put together. */
export type StreamedAnswer = {
  readonly status: number;
  text: string;
  conversationId: string;
  decision: DecisionView | null;
  receipt: ReceiptView | null;
  finishReason: string | null;
  isReplayed: boolean;
  isDone: boolean;
  heartbeats: number;
  error: { readonly code: string; readonly message: string } | null;
  readonly chunks: StreamChunk[];
};

/** Reads a stream to its end. @throws Error for a response that is no stream, with its body. */
export async function readAnswer(
  response: Response,
  onText: (textSoFar: string) => void = () => undefined,
): Promise<StreamedAnswer> {
  const answer: StreamedAnswer = {
    ...{ status: response.status, text: "", conversationId: "", decision: null, receipt: null },
    ...{ finishReason: null, isReplayed: false, isDone: false, heartbeats: 0, error: null },
    chunks: [],
  };
  if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
    throw new Error(`no stream but ${response.status}: ${await response.text()}`);
  }
  for await (const event of eventsOf(response)) {
    if (event.startsWith(":")) answer.heartbeats += 1;
    else takeEvent(answer, event.replace(/^data: /, ""));
    onText(answer.text);
  }
  return answer;
}

function takeEvent(answer: StreamedAnswer, data: string): void {
  if (data === "[DONE]") {
    answer.isDone = true;
    return;
  }
  const chunk = chunkSchema.parse(JSON.parse(data));
  answer.chunks.push(chunk);
  answer.error = chunk.error ?? answer.error;
  answer.text += chunk.choices?.[0]?.delta.content ?? "";
  answer.finishReason = chunk.choices?.[0]?.finish_reason ?? answer.finishReason;
  answer.conversationId = chunk.pho?.conversationId ?? answer.conversationId;
  answer.decision = chunk.pho?.decision ?? answer.decision;
  answer.receipt = chunk.pho?.receipt ?? answer.receipt;
  answer.isReplayed ||= chunk.pho?.replayed === true;
}

/** The events of a stream as they come, without the blank lines between them. */
export async function* eventsOf(response: Response): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes, { stream: true });
    const events = rest.split("\n\n");
    rest = events.pop() ?? "";
    yield* events;
  }
  if (rest !== "") throw new Error(`the stream ended inside an event: ${rest}`);
}
