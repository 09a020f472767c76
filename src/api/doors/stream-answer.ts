import {
  sendMessage,
  type TurnReader,
  type TurnResult,
  type TurnStart,
} from "@/features/chat/send-message.ts";
import type { TurnRequest } from "@/features/chat/load-turn.ts";
import { errorText } from "@/i18n/error-text.ts";
import type { Ctx } from "@/server/ctx.ts";
import { moveOpenStreams } from "@/server/metrics.ts";
import {
  DONE_EVENT,
  failureEvent,
  finishEvent,
  HEARTBEAT,
  makeDeltaEncoder,
  roleEvent,
  type WireFrame,
} from "@/api/openai-wire.ts";
import { addHeaders } from "./add-headers.ts";
import { publicError, refusalResponse } from "./refusal-response.ts";
import { openWire, wireLimits, type Wire, type WireLimits } from "./wire.ts";

/** When a stream shows that it lives, in ms, and what its reader may leave unread. */
export type StreamPace = {
  readonly firstHeartbeatMs: number;
  readonly heartbeatMs: number;
  readonly limits: WireLimits;
};

const streamPace: StreamPace = {
  firstHeartbeatMs: 10_000,
  heartbeatMs: 15_000,
  limits: wireLimits,
};

export type StreamedTurn = {
  readonly request: Request;
  readonly turn: TurnRequest;
  /** For the answer, whatever it becomes. */
  readonly headers: Readonly<Record<string, string>>;
  readonly pace?: StreamPace;
};

/**
 * Runs a turn and gives its response: it starts with the provider's first token, or after 10 s with
 * a heartbeat. A failure before that has its HTTP status, a later one is an event. When the reader
 * goes away the turn is told; it settles by itself. A reader that does not read makes the turn wait,
 * and is given up after a while.
 */
export function streamAnswer(ctx: Ctx, streamed: StreamedTurn): Promise<Response> {
  const { request, turn, headers, pace = streamPace } = streamed;
  return new Promise((resolve) => {
    const wire = openWire(request.signal, pace.limits);
    moveOpenStreams(1);
    let isStarted = false;
    const respond = () => {
      if (isStarted) return;
      isStarted = true;
      resolve(
        new Response(wire.body, { headers: { ...streamHeaders(ctx.requestId), ...headers } }),
      );
    };
    const beat = () => {
      void wire.write(HEARTBEAT);
      respond();
    };
    const first = setTimeout(beat, pace.firstHeartbeatMs);
    const next = setInterval(beat, pace.heartbeatMs);
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
          resolve(addHeaders(refusalResponse(error, ctx.locale, ctx.requestId), headers));
          return;
        }
        const { code, message } = publicError(error, ctx.locale, ctx.requestId);
        void wire.write(failureEvent({ code, message, requestId: ctx.requestId, receipt: null }));
      })
      .finally(() => {
        clearTimeout(first);
        clearInterval(next);
        moveOpenStreams(-1);
        wire.close();
      });
  });
}

/** Writes one answer in OpenAI's chunks. */
function makeAnswerWriter(ctx: Ctx, write: Wire["write"]) {
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
      void write(
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
        void write(failureEvent({ code: failureCode, message, requestId, receipt }));
        return;
      }
      void write(finishEvent(frame, finishReason, { receipt, ...replayed }));
      void write(DONE_EVENT);
    },
  };
}

function streamHeaders(requestId: string): Readonly<Record<string, string>> {
  return {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
    "x-request-id": requestId,
  };
}
