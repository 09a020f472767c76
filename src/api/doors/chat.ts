import { randomUUID } from "node:crypto";
import { DomainError } from "@/domain/errors.ts";
import type { TurnRequest } from "@/features/chat/load-turn.ts";
import { sendMessageInput } from "@/features/chat/schema.ts";
import { sendMessage, type TurnStart } from "@/features/chat/send-message.ts";
import type { Ctx } from "@/server/ctx.ts";
import { env } from "@/server/env.ts";
import { localeOf } from "@/server/request-locale.ts";
import { authenticate } from "@/api/authenticate.ts";
import { checkOrigin } from "@/api/check-origin.ts";
import { completionObject } from "@/api/openai-wire.ts";
import { readJsonBody } from "./read-json-body.ts";
import { refusalResponse } from "./refusal-response.ts";
import { streamAnswer } from "./stream-answer.ts";

/**
 * `POST /webapi/chat/[provider]` (`contract.md` 1): the browser's chat door. Session cookie,
 * `Origin` checked.
 * @param params.provider "auto", or a provider id that restricts the candidates.
 */
export async function chatDoor(
  request: Request,
  params: { readonly provider: string },
): Promise<Response> {
  let ctx: Ctx | null = null;
  try {
    checkOrigin(request);
    ctx = await authenticate(request);
    const body = await readJsonBody(request, sendMessageInput);
    const turn = { body, provider: knownProvider(params.provider) };
    return await (body.stream
      ? streamAnswer(ctx, request, turn)
      : completeAnswer(ctx, request, turn));
  } catch (error) {
    return refusalResponse(
      error,
      ctx?.locale ?? localeOf(request.headers),
      ctx?.requestId ?? randomUUID(),
    );
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
