import {
  sendMessage,
  type TurnReader,
  type TurnResult,
  type TurnStart,
} from "@/features/chat/send-message.ts";
import type { TurnRequest } from "@/features/chat/load-turn.ts";
import { errorText } from "@/i18n/error-text.ts";
import type { Ctx } from "@/server/ctx.ts";
import {
  DONE_EVENT,
  failureEvent,
  finishEvent,
  HEARTBEAT,
  makeDeltaEncoder,
  roleEvent,
  type WireFrame,
} from "@/api/openai-wire.ts";
import { publicError, refusalResponse } from "./refusal-response.ts";

const FIRST_HEARTBEAT_MS = 10_000;
const HEARTBEAT_MS = 15_000;

const encoder = new TextEncoder();

/**
 * Runs a turn and gives its response: it starts with the provider's first token, or after 10 s with
 * a heartbeat. A failure before that has its HTTP status, a later one is an event. When the reader
 * goes away the turn is told; it settles by itself.
 */
export function streamAnswer(ctx: Ctx, request: Request, turn: TurnRequest): Promise<Response> {
  return new Promise((resolve) => {
    const wire = openWire(request.signal);
    let isStarted = false;
    const respond = () => {
      if (isStarted) return;
      isStarted = true;
      resolve(new Response(wire.body, { headers: streamHeaders(ctx.requestId) }));
    };
    const beat = () => {
      wire.write(HEARTBEAT);
      respond();
    };
    const first = setTimeout(beat, FIRST_HEARTBEAT_MS);
    const next = setInterval(beat, HEARTBEAT_MS);
    const answer = makeAnswerWriter(ctx, wire.write);
    const reader: TurnReader = {
      signal: wire.gone,
      onStart: (start) => {
        answer.start(start);
        respond();
      },
      onDelta: (text) => answer.delta(text),
    };
    sendMessage(ctx, turn, reader)
      .then((result) => answer.end(result))
      .catch((error: unknown) => {
        if (!isStarted) {
          isStarted = true;
          resolve(refusalResponse(error, ctx.locale, ctx.requestId));
          return;
        }
        const { code, message } = publicError(error, ctx.locale, ctx.requestId);
        wire.write(failureEvent({ code, message, requestId: ctx.requestId, receipt: null }));
      })
      .finally(() => {
        clearTimeout(first);
        clearInterval(next);
        wire.close();
      });
  });
}

/**
 * The byte stream under a response, and the signal that its reader went away. Writing after that
 * does nothing.
 */
function openWire(requestSignal: AbortSignal) {
  const gone = new AbortController();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  const leave = () => {
    controller = null;
    gone.abort();
  };
  const body = new ReadableStream<Uint8Array>({
    start: (opened) => {
      controller = opened;
    },
    cancel: leave,
  });
  if (requestSignal.aborted) leave();
  else requestSignal.addEventListener("abort", leave, { once: true });
  return {
    body,
    gone: gone.signal,
    write: (text: string) => controller?.enqueue(encoder.encode(text)),
    close: () => {
      requestSignal.removeEventListener("abort", leave);
      controller?.close();
      controller = null;
    },
  };
}

/** Writes one answer in OpenAI's chunks. */
function makeAnswerWriter(ctx: Ctx, write: (text: string) => void) {
  let frame: WireFrame = {
    id: `chatcmpl-${ctx.requestId}`,
    created: Math.floor(ctx.now.getTime() / 1000),
    model: "",
  };
  let encodeDelta = makeDeltaEncoder(frame);
  let replayed: { replayed?: true } = {};
  return {
    start: (start: TurnStart) => {
      frame = { ...frame, model: start.decision.modelId };
      encodeDelta = makeDeltaEncoder(frame);
      replayed = start.isReplayed ? { replayed: true } : {};
      write(
        roleEvent(frame, {
          conversationId: start.conversationId,
          decision: start.decision,
          ...replayed,
        }),
      );
    },
    delta: (text: string) => write(encodeDelta(text)),
    end: ({ receipt, finishReason, failureCode }: TurnResult) => {
      if (failureCode !== null) {
        const { requestId, locale } = ctx;
        const message = errorText(locale, failureCode, {});
        write(failureEvent({ code: failureCode, message, requestId, receipt }));
        return;
      }
      write(finishEvent(frame, finishReason, { receipt, ...replayed }));
      write(DONE_EVENT);
    },
  };
}

function streamHeaders(requestId: string): HeadersInit {
  return {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
    "x-request-id": requestId,
  };
}
