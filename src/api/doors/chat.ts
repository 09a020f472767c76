import { randomUUID } from "node:crypto";
import { DomainError } from "@/domain/errors.ts";
import type { TurnRequest } from "@/features/chat/load-turn.ts";
import { sendMessageInput } from "@/features/chat/schema.ts";
import { sendMessage, type TurnStart } from "@/features/chat/send-message.ts";
import type { Ctx } from "@/server/ctx.ts";
import { env } from "@/server/env.ts";
import { isDraining } from "@/server/drain.ts";
import { localeOf } from "@/server/request-locale.ts";
import { admitCaller, allow, RateLimited, type LimitParts } from "@/api/admit-caller.ts";
import { checkOrigin } from "@/api/check-origin.ts";
import { completionObject } from "@/api/openai-wire.ts";
import { addHeaders } from "./add-headers.ts";
import { readJsonBody } from "./read-json-body.ts";
import { refusalResponse } from "./refusal-response.ts";
import { streamAnswer, type StreamPace } from "./stream-answer.ts";

const RETRY_ELSEWHERE_SECONDS = 5;

/** What tests bring: limits of their own, and a faster pace. */
export type ChatDoorParts = LimitParts & { readonly pace?: StreamPace };

/**
 * `POST /webapi/chat/[provider]` (`contract.md` 1): the browser's chat door. Session cookie,
 * `Origin` checked, requests counted while the body is read. A process that is about to end takes
 * no message.
 * @param params.provider "auto", or a provider id that restricts the candidates.
 */
export async function chatDoor(
  request: Request,
  params: { readonly provider: string },
  parts: ChatDoorParts = {},
): Promise<Response> {
  let ctx: Ctx | null = null;
  let headers: Readonly<Record<string, string>> = isDraining() ? { connection: "close" } : {};
  try {
    if (isDraining()) {
      const details = { retryAfterSeconds: RETRY_ELSEWHERE_SECONDS };
      throw new DomainError("overloaded", "this process is stopping", details);
    }
    checkOrigin(request);
    const admitted = await admitCaller(request, [{ door: "chat", points: 1 }], parts);
    ctx = admitted.ctx;
    const reading = readJsonBody(request, sendMessageInput);
    // Judged below, after the count.
    reading.catch(() => undefined);
    const allowance = await admitted.counted;
    headers = allowance.headers;
    allow(allowance, "chat");
    const body = await reading;
    const turn = { body, provider: knownProvider(params.provider) };
    if (!body.stream) return addHeaders(await completeAnswer(ctx, request, turn), headers);
    const pace = parts.pace === undefined ? {} : { pace: parts.pace };
    return await streamAnswer(ctx, { request, turn, headers, ...pace });
  } catch (error) {
    if (error instanceof RateLimited) ({ headers } = error.allowance);
    const locale = ctx?.locale ?? localeOf(request.headers);
    return addHeaders(refusalResponse(error, locale, ctx?.requestId ?? randomUUID()), headers);
  }
}

function knownProvider(provider: string): string {
  if (provider === "auto" || env().providers.some((known) => known.id === provider))
    return provider;
  throw new DomainError("provider_not_configured", "no such provider, or no key for it", {
    provider,
  });
}

async function completeAnswer(ctx: Ctx, request: Request, turn: TurnRequest): Promise<Response> {
  let start: TurnStart | null = null;
  let text = "";
  const result = await sendMessage(ctx, turn, {
    signal: request.signal,
    onStart: (given) => {
      start = given;
    },
    onDelta: (delta) => {
      text += delta;
    },
  });
  if (result.failureCode !== null)
    throw new DomainError(result.failureCode, "the provider failed half-way");
  const frame = { id: `chatcmpl-${ctx.requestId}`, created: Math.floor(ctx.now.getTime() / 1000) };
  const { conversationId, decision, isReplayed } = presentStart(start);
  const pho = { conversationId, decision, ...(isReplayed ? { replayed: true as const } : {}) };
  const answer = { text, finishReason: result.finishReason, receipt: result.receipt };
  return Response.json(completionObject({ ...frame, model: decision.modelId }, answer, pho), {
    headers: { "cache-control": "no-store", "x-request-id": ctx.requestId },
  });
}

function presentStart(start: TurnStart | null): TurnStart {
  if (start === null) throw new Error("a turn ended without a start");
  return start;
}
