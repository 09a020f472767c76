import { createHash } from "node:crypto";
import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import { openCurrentPeriod } from "@/features/budgets/open-current-period.ts";
import { heldCatalogueVersion, holdCatalogue } from "@/features/models/hold-catalogue.ts";
import type { Catalogue } from "@/features/models/schema.ts";
import { parsePolicy } from "@/features/routing/parse-policy.ts";
import type { Ctx } from "@/server/ctx.ts";
import { env } from "@/server/env.ts";
import { tokenCounter } from "@/server/llm/count-tokens.ts";
import type { CompletionMessage } from "@/server/llm/stream-completion.ts";
import { buildContext, questionText, tokensOf } from "./build-context.ts";
import { buildFacts, type Plan } from "./build-facts.ts";
import type { SendMessageInput } from "./schema.ts";
import { readTurnFacts, type FactsDocument } from "./store/turn-facts.ts";

/** A turn whose id exists already: its stored state decides what the caller gets. */
export type KnownTurn = { readonly kind: "known" };

/**
 * Everything the conductor needs to decide and run a new turn. `ctx.now` is the instant the facts
 * were read at.
 */
export type LoadedTurn = {
  readonly kind: "new";
  readonly ctx: Ctx;
  readonly facts: TurnFacts;
  readonly policy: RoutingPolicy;
  readonly catalogue: Catalogue;
  readonly plan: Plan;
  readonly period: NonNullable<FactsDocument["period"]>;
  readonly freeCeilingMicroVnd: bigint | null;
  readonly document: FactsDocument;
  readonly context: readonly CompletionMessage[];
  readonly question: string;
};

export type TurnRequest = {
  readonly body: SendMessageInput;
  /** A provider id that restricts the candidates, or "auto". */
  readonly provider: string;
};

/** SHA-256 over who asks, where and what; `stream` is how the answer travels, not what is asked. */
export function bodyHash(ctx: Ctx, request: TurnRequest): string {
  const { messageId: _messageId, stream: _stream, ...asked } = request.body;
  return createHash("sha256")
    .update(JSON.stringify([ctx.userId, request.provider, asked]))
    .digest("hex");
}

/**
 * One read of everything the decision needs, then the token count and the score. Opens the budget
 * period when none holds the instant (once a month, two more round trips).
 * @throws DomainError `not_found` for a conversation that is not the caller's,
 * `idempotency_conflict` for a messageId used for something else, `invalid_input` for a retry of
 * nothing.
 */
export async function loadTurn(ctx: Ctx, request: TurnRequest): Promise<KnownTurn | LoadedTurn> {
  const { document, period } = await readFactsWithPeriod(ctx, request.body);
  const catalogue = holdCatalogue(document.catalogue);
  if (document.turn !== null) return knownTurn(ctx, document.turn, bodyHash(ctx, request));
  assertTargets(request.body, document);
  const now = new Date(document.now);
  const policyRow = catalogue.policies.findLast((row) => row.activeFrom <= now && !row.isShadow);
  const policy = parsePolicy(present(policyRow, "a routing policy is active"));
  const planRow = catalogue.plans.find((row) => row.id === period.planId);
  const plan = present(planRow, "the period's plan exists");
  const question = questionText(request.body);
  const count = await tokenCounter();
  const context = buildContext({
    request: request.body,
    history: document.history,
    question,
    historyTokensMax: policy.historyTokensMax,
    count,
  });
  const freeCeilingMicroVnd =
    plan.billing === "none" ? vndToMicroVnd(env().FREE_PLAN_DAILY_CEILING_VND) : null;
  const facts = buildFacts({
    userId: ctx.userId,
    now,
    request: request.body,
    provider: request.provider,
    document,
    period,
    plan,
    catalogue,
    policy,
    question,
    inputTokensEstimated: tokensOf(context, count),
    configuredProviders: new Set(env().providers.map((provider) => provider.id)),
    freeCeilingMicroVnd,
  });
  const turnCtx = { ...ctx, now };
  return {
    kind: "new",
    ctx: turnCtx,
    facts,
    policy,
    catalogue,
    plan,
    period,
    freeCeilingMicroVnd,
    document,
    context,
    question,
  };
}

async function readFactsWithPeriod(ctx: Ctx, body: SendMessageInput) {
  const read = () =>
    readTurnFacts(ctx.db, {
      orgId: ctx.orgId,
      userId: ctx.userId,
      turnId: body.messageId,
      conversationId: body.conversationId ?? null,
      retryOf: body.retryOf ?? null,
      knownCatalogue: heldCatalogueVersion(),
    });
  const document = await read();
  if (document.period !== null) return { document, period: document.period };
  holdCatalogue(document.catalogue);
  await openCurrentPeriod({ ...ctx, now: new Date(document.now) });
  const again = await read();
  return { document: again, period: present(again.period, "the period was just opened") };
}

function knownTurn(ctx: Ctx, turn: NonNullable<FactsDocument["turn"]>, hash: string): KnownTurn {
  if (turn.userId !== ctx.userId || turn.bodyHash !== hash) {
    throw new DomainError("idempotency_conflict", "the messageId was used for another request");
  }
  return { kind: "known" };
}

function assertTargets(body: SendMessageInput, document: FactsDocument): void {
  if (body.conversationId !== undefined && !document.isConversationMine) {
    throw new DomainError("not_found", "no such conversation of the caller");
  }
  if (body.retryOf !== undefined && document.retried === null) {
    throw new DomainError("invalid_input", "retryOf names no turn of this conversation", {
      field: "retryOf",
    });
  }
  if (body.messages.at(-1)?.role !== "user") {
    throw new DomainError("invalid_input", "the last message is the user's", { field: "messages" });
  }
}
