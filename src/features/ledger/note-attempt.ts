import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import type { Ctx } from "@/server/ctx.ts";
import type { ProviderError } from "@/server/llm/stream-completion.ts";
import { log } from "@/server/log.ts";
import { reportAttempt, reportRefusedKey, type AttemptStart } from "@/server/provider-health.ts";
import type { AttemptResult } from "./attempt-call.ts";

/** Statuses by which a provider refuses us and not the request. */
const refusedKey: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/**
 * What an attempt teaches about its provider: the breaker hears how it began; a provider that is
 * down, a refused key, an empty account and a usage that cannot be true are told to ops. Never
 * throws.
 */
export async function noteAttempt(ctx: Ctx, result: AttemptResult): Promise<void> {
  const { attempt, failure } = result;
  const { provider, providerModel, modelId } = attempt.target;
  if (failure !== null && failure.kind !== "aborted") {
    const facts = { requestId: ctx.requestId, modelId, status: failure.status };
    log().warn({ ...facts, outcome: attempt.end.outcome }, "an attempt at a provider failed");
  }
  try {
    const change = await reportAttempt(provider, providerModel, startOf(result));
    const downKey = `provider_down:${modelId}`;
    if (change === "up") await resolveOpsAlert(ctx.db, downKey);
    if (change === "down") {
      await raiseOpsAlert(ctx.db, {
        kind: "provider_down",
        dedupeKey: downKey,
        payload: { provider, modelId, outcome: attempt.end.outcome },
      });
    }
    if (isKeyRefused(failure)) {
      reportRefusedKey(provider);
      await raiseOpsAlert(ctx.db, {
        kind: "provider_rejected",
        dedupeKey: `provider_rejected:${provider}:${String(failure?.status)}`,
        payload: { provider, status: failure?.status ?? null, requestId: ctx.requestId },
      });
    }
    if (attempt.isUsageAbsurd) {
      await raiseOpsAlert(ctx.db, {
        kind: "usage_absurd",
        dedupeKey: `usage_absurd:${modelId}`,
        payload: { modelId, provider, providerCallId: attempt.end.providerCallId },
      });
    }
  } catch (error) {
    log().error({ requestId: ctx.requestId, err: error, provider }, "ops could not be told");
  }
}

/** A 429 that waiting mends is throttling; one that is typed as a refusal is an empty account. */
function isKeyRefused(failure: ProviderError | null): boolean {
  return failure?.kind === "rejected" && failure.status !== null && refusedKey.has(failure.status);
}

function startOf({ failure, isTokenSeen }: AttemptResult): AttemptStart {
  if (failure === null || isTokenSeen) return "begun";
  return failure.isSent ? failure.kind : "not_sent";
}
