import { z } from "zod";
import {
  decisionView,
  receiptView,
  type DecisionView,
  type MessageView,
  type ReceiptView,
} from "../schema.ts";

export type FinishReason = NonNullable<MessageView["finishReason"]>;

/**
 * What one answer stream says, in order: `opened`, any number of `text`, then `finished` and
 * `ended`, or `failed`.
 */
export type CompletionEvent =
  | {
      readonly type: "opened";
      readonly conversationId: string | null;
      readonly decision: DecisionView | null;
    }
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "finished";
      readonly finishReason: FinishReason;
      readonly receipt: ReceiptView | null;
    }
  | {
      readonly type: "failed";
      readonly code: string;
      readonly message: string;
      readonly receipt: ReceiptView | null;
    }
  | { readonly type: "ended" };

const choice = z.object({
  delta: z.object({ content: z.string().nullish() }).nullish(),
  finish_reason: z.string().nullish(),
});

/**
 * Lenient on purpose: an unknown field must never cost the reader the text; money and decision are
 * checked in full.
 */
const chunk = z.object({
  choices: z.array(choice).nullish(),
  error: z.object({ code: z.string().catch("unknown"), message: z.string().catch("") }).nullish(),
  pho: z
    .object({
      conversationId: z.string().nullish(),
      decision: decisionView.nullish().catch(null),
      receipt: receiptView.nullish().catch(null),
    })
    .nullish(),
});

const finishReasons: Record<string, FinishReason> = {
  stop: "stop",
  length: "length",
  content_filter: "content_filter",
};

function parseJson(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}

/** The events of one `data:` payload; none for what is not ours to understand. */
export function completionEventsOf(payload: string): CompletionEvent[] {
  if (payload.trim() === "[DONE]") return [{ type: "ended" }];
  const parsed = chunk.safeParse(parseJson(payload));
  if (!parsed.success) return [];
  const { choices, error, pho } = parsed.data;
  const receipt = pho?.receipt ?? null;
  if (error) return [{ type: "failed", code: error.code, message: error.message, receipt }];
  const events: CompletionEvent[] = [];
  if (pho?.conversationId || pho?.decision) {
    events.push({
      type: "opened",
      conversationId: pho.conversationId ?? null,
      decision: pho.decision ?? null,
    });
  }
  const first = choices?.[0];
  if (first?.delta?.content) events.push({ type: "text", text: first.delta.content });
  if (first?.finish_reason) {
    events.push({
      type: "finished",
      finishReason: finishReasons[first.finish_reason] ?? "other",
      receipt,
    });
  }
  return events;
}

/**
 * Splits a server-sent-event text, fed in pieces of any size, into its `data` payloads. Lines end
 * in LF, CRLF or CR, a pair cut between two pieces counts once; comments and other fields are
 * passed over. Source: WHATWG HTML, "Interpreting an event stream".
 */
export function createSseParser(): (piece: string) => string[] {
  let rest = "";
  let dataLines: string[] = [];
  let isAfterCarriageReturn = false;

  const takeLine = (line: string, payloads: string[]): void => {
    if (line === "") {
      if (dataLines.length > 0) payloads.push(dataLines.join("\n"));
      dataLines = [];
    } else if (line === "data") {
      dataLines.push("");
    } else if (line.startsWith("data:")) {
      dataLines.push(line.slice(line.startsWith("data: ") ? 6 : 5));
    }
  };

  return (piece) => {
    const payloads: string[] = [];
    const text = isAfterCarriageReturn && piece.startsWith("\n") ? piece.slice(1) : piece;
    if (piece !== "") isAfterCarriageReturn = piece.endsWith("\r");
    const lines = (rest + text).split(/\r\n|\r|\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) takeLine(line, payloads);
    return payloads;
  };
}

/**
 * Reads an answer stream to its end. Ends without an `ended` or `failed` event when the line was
 * cut: the caller then asks the server what became of the turn. Throws what the body's reader
 * throws (`AbortError` after Stop).
 */
export async function* readCompletionStream(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<CompletionEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parse = createSseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const piece = done ? decoder.decode() : decoder.decode(value, { stream: true });
      for (const payload of parse(piece)) yield* completionEventsOf(payload);
      if (done) return;
    }
  } finally {
    reader.releaseLock();
  }
}
