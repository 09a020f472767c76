import { present } from "@/domain/assert.ts";
import { dayOf } from "@/domain/time/vietnam-time.ts";
import type { CallTarget } from "@/features/ledger/attempt-call.ts";
import type { CallReservation, MeteredCall } from "@/features/ledger/run-metered-call.ts";
import { pricesAt } from "@/features/models/hold-catalogue.ts";
import type { Fallback } from "@/domain/routing/fallbacks.ts";
import type { TurnPlan } from "@/domain/routing/plan-turn.ts";
import { titleOf } from "./build-context.ts";
import { memberLimitMicroVnd } from "./build-facts.ts";
import { storedDecision } from "./describe-decision.ts";
import type { TurnIds } from "./book-turn.ts";
import { processId } from "@/server/process-id.ts";
import { bodyHash, type LoadedTurn, type TurnRequest } from "./load-turn.ts";
import { decideInShadow } from "./shadow-decision.ts";
import { claimTurn } from "./store/turns.ts";

/** A hold outlives the longest stream (10 min) by two minutes; recovery closes it after that. */
const HOLD_MS = 12 * 60 * 1000;

type Described = Pick<MeteredCall, "claim" | "reserve" | "targets" | "rate" | "messages">;

/**
 * What the metered door is asked to do for a planned turn: claim, guards, hold, prices, context.
 */
export function describeCall(input: {
  readonly loaded: LoadedTurn;
  readonly plan: TurnPlan;
  readonly ids: TurnIds;
  readonly request: TurnRequest;
}): Described {
  const { loaded, plan } = input;
  const { ctx, facts, catalogue } = loaded;
  const target = (chosen: Fallback): CallTarget => {
    const model = catalogue.models.find((row) => row.modelId === chosen.modelId);
    return {
      modelId: chosen.modelId,
      provider: chosen.provider,
      providerModel: present(model, "the planned model is in the catalogue").providerModel,
      prices: pricesAt(catalogue, chosen.modelId, ctx.now),
      outputTokensMax: chosen.outputTokensMax,
      findServed: (servedModel) => {
        const served = catalogue.models.find(
          (row) => row.provider === chosen.provider && row.providerModel === servedModel,
        );
        const prices = served === undefined ? [] : pricesAt(catalogue, served.modelId, ctx.now);
        const isPriced = prices.some((price) => price.contextTokensMin === 0);
        return served !== undefined && isPriced ? { modelId: served.modelId, prices } : null;
      },
    };
  };
  return {
    claim: claimTurn(ctx.db, claimOf(input)),
    reserve: reserveOf(input),
    targets: [target(plan), ...plan.fallbacks.map(target)],
    rate: present(facts.rate, "a planned turn has a rate"),
    messages: loaded.context,
  };
}

function claimOf({ loaded, plan, ids, request }: Parameters<typeof describeCall>[0]) {
  const { ctx, document, question } = loaded;
  return {
    orgId: ctx.orgId,
    userId: ctx.userId,
    turnId: ids.turnId,
    conversationId: ids.conversationId,
    isNewConversation: request.body.conversationId === undefined,
    title: titleOf(question),
    bodyHash: bodyHash(ctx, request),
    now: ctx.now.toISOString(),
    decision: storedDecision(loaded.facts, plan, decideInShadow(loaded)),
    processId: processId(),
    questionMessageId: ids.questionMessageId,
    answerMessageId: ids.answerMessageId,
    question: document.retried === null ? [{ type: "text" as const, text: question }] : null,
  };
}

function reserveOf({ loaded, plan, ids }: Parameters<typeof describeCall>[0]): CallReservation {
  const { ctx, document, freeCeilingMicroVnd, facts } = loaded;
  const dailyCap = document.settings?.dailyCap ?? null;
  const noMessages = { messages: 0, messagesMax: null };
  const org = {
    scope: "org" as const,
    subjectId: ctx.orgId,
    capMicroVnd: null,
    messages: 1,
    messagesMax: loaded.plan.messagesDailyMax,
  };
  const member = {
    scope: "member" as const,
    subjectId: `${ctx.orgId}:${ctx.userId}`,
    capMicroVnd: dailyCap,
  };
  const free = { scope: "free_plan" as const, subjectId: "all" };
  return {
    orgId: ctx.orgId,
    userId: ctx.userId,
    periodId: loaded.period.id,
    turnId: ids.turnId,
    purpose: "chat",
    holdMicroVnd: plan.holdMicroVnd.toString(),
    memberLimitMicroVnd: memberLimitMicroVnd(document)?.toString() ?? null,
    counters: [
      org,
      { ...member, ...noMessages },
      ...(freeCeilingMicroVnd === null
        ? []
        : [{ ...free, ...noMessages, capMicroVnd: freeCeilingMicroVnd.toString() }]),
    ],
    day: dayOf(ctx.now),
    now: ctx.now.toISOString(),
    expiresAt: new Date(ctx.now.getTime() + HOLD_MS).toISOString(),
    inputTokensEstimated: facts.inputTokensEstimated,
  };
}
