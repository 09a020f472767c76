import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { nextAttempt, type NextAttempt } from "@/domain/ledger/next-attempt.ts";
import { priceForInput, type ExchangeRate } from "@/domain/pricing/price-usage.ts";
import { crashPoint } from "@/server/crash-points.ts";
import type { Ctx } from "@/server/ctx.ts";
import { patience, persist } from "@/server/db/retry-database.ts";
import { env } from "@/server/env.ts";
import { llmProviders } from "@/server/llm/providers.ts";
import type { CompletionMessage, LlmProvider } from "@/server/llm/stream-completion.ts";
import { log } from "@/server/log.ts";
import { isProviderHealthy } from "@/server/provider-health.ts";
import { admitCall } from "./admit-call.ts";
import {
  attemptCall,
  outcomeOf,
  progressOf,
  unsentAttempt,
  type AttemptResult,
  type CallTarget,
  type MeteredAttempt,
} from "./attempt-call.ts";
import { noteAttempt } from "./note-attempt.ts";
import {
  markDispatched,
  recordAttempt,
  saveCallProgress,
  type Claim,
  type ReserveParameters,
} from "./store.ts";
import { roughOutputTokens, type SeenStream } from "./watch-stream.ts";

/** What the caller knows of an admission; ids, first target and its price are added here. */
export type CallReservation = Omit<
  ReserveParameters,
  "reservationId" | "providerCallId" | "modelId" | "priceId" | "rateId"
>;

export type MeteredCall = {
  /**
   * The caller's claim of the work, run in the admitting statement; null when there is nothing to
   * claim.
   */
  readonly claim: Claim | null;
  readonly reserve: CallReservation;
  /** Who is asked first, and who answers in its place; the hold covers each of them. */
  readonly targets: readonly [CallTarget, ...CallTarget[]];
  readonly rate: ExchangeRate;
  readonly messages: readonly CompletionMessage[];
  readonly signal: AbortSignal;
  /** Called once, right after the commit that admitted the call. */
  readonly onAdmitted: () => void;
  /** A promise makes the provider wait for a slow reader. */
  readonly onDelta: (text: string, target: CallTarget) => void | Promise<void>;
  /** Called every 100 tokens or 250 ms with all text so far; must not throw. */
  readonly onProgress: (text: string) => void;
};

export type MeteredOutcome =
  | { readonly kind: "taken" }
  | { readonly kind: "lost_race" }
  | {
      readonly kind: "ended";
      readonly reservationId: string;
      /** In their order; the last one answered or failed for good. Empty: aborted before the first. */
      readonly attempts: readonly MeteredAttempt[];
      readonly text: string;
      /** null: ended as meant; else how the last attempt failed, in the words of its outcome. */
      readonly failure: string | null;
    };

/**
 * The one metered door: every call that costs money goes through here, and nothing else may import
 * a provider.
 * 1. In one commit: the caller's claim, the reservation (guarded updates) and the record of the
 * attempt. 2. Streams with no transaction open, saving progress; an attempt that fails before its
 * first token is followed by another, recorded before it is sent. 3. Prices the actual tokens at
 * the given prices and rate. It books nothing: the caller settles in its own transaction
 * (`settle`), whatever the outcome.
 * @returns `lost_race` when a guard failed (nothing was written: plan again), `taken` when the
 * claim was somebody else's.
 * @throws DomainError `provider_not_configured`, `overloaded`; database errors of the reservation
 * unchanged. Never throws after it.
 */
export async function runMeteredCall(ctx: Ctx, call: MeteredCall): Promise<MeteredOutcome> {
  for (const target of call.targets) providerOf(target);
  const admission = await admitCall(ctx, call.claim, {
    ...call.reserve,
    modelId: call.targets[0].modelId,
    ...pricedFor(call, call.targets[0]),
  });
  if (admission.kind !== "admitted") return admission;
  crashPoint("after_reserve");
  call.onAdmitted();
  return { kind: "ended", ...(await runAttempts(ctx, call, admission)) };
}

type Admitted = { readonly reservationId: string; readonly providerCallId: string };

async function runAttempts(ctx: Ctx, call: MeteredCall, admitted: Admitted) {
  const { reservationId } = admitted;
  const attempts: MeteredAttempt[] = [];
  const startedAtMs = performance.now();
  let providerCallId = admitted.providerCallId;
  let targetIndex = 0;
  let tries = 1;
  for (;;) {
    if (call.signal.aborted && attempts.length === 0) {
      return { reservationId, attempts, text: "", failure: "interrupted" };
    }
    const target = present(call.targets[targetIndex], "an attempt has a target");
    const result = await runAttempt(ctx, call, { target, providerCallId });
    attempts.push(result.attempt);
    if (result.kind === "unsent") return { reservationId, attempts, text: "", failure: "not_sent" };
    const { text, failure } = result;
    if (failure === null) return { reservationId, attempts, text, failure: null };
    const ended = { reservationId, attempts, text, failure: outcomeOf(failure) };
    const next = nextAfter(call, result, {
      attempts: attempts.length,
      tries,
      targetIndex,
      elapsedMs: performance.now() - startedAtMs,
    });
    if (next.kind === "stop") return ended;
    if (!(await waited(next.waitMs, call.signal))) return { ...ended, failure: "interrupted" };
    const nextTarget = present(call.targets[next.targetIndex], "an attempt has a target");
    const nextCallId = randomUUID();
    const isRecorded = await record(ctx, call, {
      ended: result.attempt,
      target: nextTarget,
      ids: { reservationId, providerCallId: nextCallId },
      attempt: attempts.length + 1,
    });
    if (!isRecorded) return ended;
    tries = next.targetIndex === targetIndex ? tries + 1 : 1;
    targetIndex = next.targetIndex;
    providerCallId = nextCallId;
  }
}

/** Targets whose breaker opened meanwhile are passed over. */
function nextAfter(
  call: MeteredCall,
  { failure, isTokenSeen }: AttemptResult,
  so: Pick<Parameters<typeof nextAttempt>[0], "attempts" | "tries" | "targetIndex" | "elapsedMs">,
): NextAttempt {
  if (failure === null) return { kind: "stop" };
  const targetCount = call.targets.length;
  const common = {
    failure: {
      kind: failure.isSent ? failure.kind : ("not_sent" as const),
      retryAfterSeconds: failure.retryAfterSeconds,
    },
    ...{ isTokenSeen, targetCount, jitter: Math.random() },
  };
  let next = nextAttempt({ ...so, ...common });
  while (next.kind === "again") {
    const target = present(call.targets[next.targetIndex], "an attempt has a target");
    if (isProviderHealthy(target.provider, target.providerModel)) return next;
    const passed = { targetIndex: next.targetIndex, tries: Number.MAX_SAFE_INTEGER };
    next = nextAttempt({ ...so, ...common, ...passed });
  }
  return next;
}

type Running = { readonly target: CallTarget; readonly providerCallId: string };

type RunAttempt =
  | ({ readonly kind: "sent" } & AttemptResult)
  | { readonly kind: "unsent"; readonly attempt: MeteredAttempt };

/** An attempt that cannot be marked is not sent: nobody would be sure to know of it. */
async function runAttempt(
  ctx: Ctx,
  call: MeteredCall,
  { target, providerCallId }: Running,
): Promise<RunAttempt> {
  const provider = providerOf(target);
  const input = {
    target,
    provider,
    providerCallId,
    rate: call.rate,
    messages: call.messages,
    inputTokensEstimated: call.reserve.inputTokensEstimated,
    signal: call.signal,
    onDelta: (text: string) => call.onDelta(text, target),
    onProgress: (seen: SeenStream) => {
      call.onProgress(seen.text);
      const progress = progressOf(providerCallId, seen, roughOutputTokens(seen));
      saveCallProgress(ctx.db, providerCallId, progress);
    },
  };
  // What is loaded with the first call is loaded before the mark: a call marked as sent is sent now.
  await provider.load();
  try {
    await markDispatched(ctx.db, providerCallId);
  } catch (error) {
    log().error({ requestId: ctx.requestId, err: error }, "an attempt was not sent");
    return { kind: "unsent", attempt: await unsentAttempt(input) };
  }
  crashPoint("after_dispatch");
  const result = await attemptCall(input);
  await noteAttempt(ctx, result);
  return { kind: "sent", ...result };
}

/** Records the next attempt before it is sent; safe to repeat, so it outlasts a cut connection. */
async function record(
  ctx: Ctx,
  call: MeteredCall,
  next: {
    readonly ended: MeteredAttempt;
    readonly target: CallTarget;
    readonly ids: Admitted;
    readonly attempt: number;
  },
): Promise<boolean> {
  const { ended, target, ids, attempt } = next;
  try {
    return await persist(
      () =>
        recordAttempt(ctx.db, {
          ...ids,
          endedCallId: ended.end.providerCallId,
          endedOutcome: ended.end.outcome,
          endedRequestId: ended.end.providerRequestId,
          attempt,
          modelId: target.modelId,
          inputTokensEstimated: call.reserve.inputTokensEstimated,
          ...pricedFor(call, target),
        }),
      patience.short,
    );
  } catch (error) {
    log().error({ requestId: ctx.requestId, err: error }, "a further attempt was not recorded");
    return false;
  }
}

function pricedFor(call: MeteredCall, target: CallTarget) {
  const price = priceForInput(target.prices, call.reserve.inputTokensEstimated);
  return {
    priceId: present(price, "a planned call is priced").id,
    rateId: call.rate.id,
  };
}

function providerOf({ provider }: CallTarget): LlmProvider {
  const found = llmProviders(env().providers).get(provider);
  if (found !== undefined) return found;
  throw new DomainError("provider_not_configured", "no key for the provider", { provider });
}

/** @returns false when the reader left meanwhile. */
async function waited(waitMs: number, signal: AbortSignal): Promise<boolean> {
  if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
