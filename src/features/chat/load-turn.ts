import { createHash } from "node:crypto";
import { present } from "@/domain/assert.ts";
import { DomainError } from "@/domain/errors.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import { openCurrentPeriod } from "@/features/budgets/open-current-period.ts";
import { heldCatalogueVersion, holdCatalogue } from "@/features/models/hold-catalogue.ts";
import type { Catalogue } from "@/features/models/schema.ts";
import { activePolicy, activeShadow, type StoredPolicy } from "@/features/routing/active-policy.ts";
import { parsePolicy } from "@/features/routing/parse-policy.ts";
import { readProfiles, type Profiles } from "@/features/routing/profile-documents.ts";
import { complexityModel } from "@/server/complexity-model.ts";
import type { Ctx } from "@/server/ctx.ts";
import { readInTime } from "@/server/db/patience.ts";
import { env } from "@/server/env.ts";
import { tokenCounter } from "@/server/llm/count-tokens.ts";
import type { CompletionMessage } from "@/server/llm/stream-completion.ts";
import { buildContext, questionText, tokensOf } from "./build-context.ts";
import { buildFacts, type Plan } from "./build-facts.ts";
import type { SendMessageInput } from "./schema.ts";
import { readTurnFacts, type FactsDocument } from "./store/turn-facts.ts";
import { isHistoryWhole } from "./warm-cache.ts";

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
  /** A version that decides beside the policy and is not followed. */
  readonly shadowPolicy: StoredPolicy | null;
  readonly profiles: Profiles;
  readonly catalogue: Catalogue;
  readonly plan: Plan;
  readonly period: NonNullable<FactsDocument["period"]>;
  readonly freeCeilingMicroVnd: bigint | null;
  readonly document: FactsDocument;
  readonly context: readonly CompletionMessage[];
  readonly question: string;
};

/** What is asked, without the id that makes it a turn. */
export type Question = Omit<SendMessageInput, "messageId" | "stream">;

export type QuestionRequest = {
  readonly body: Question;
  /** A provider id that restricts the candidates, or "auto". */
  readonly provider: string;
};

export type TurnRequest = QuestionRequest & { readonly body: SendMessageInput };

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
  const { messageId } = request.body;
  const read = await readFactsWithPeriod(ctx, request.body, messageId);
  const { turn } = read.document;
  if (turn !== null) return knownTurn(ctx, turn, bodyHash(ctx, request));
  return loadedFrom(ctx, request, read);
}

/**
 * The same reading for a question nobody has sent: nothing is claimed. Opens the budget period when
 * none holds the instant.
 * @throws DomainError `not_found` for a conversation that is not the caller's.
 */
export async function loadQuestion(ctx: Ctx, request: QuestionRequest): Promise<LoadedTurn> {
  return loadedFrom(ctx, request, await readFactsWithPeriod(ctx, request.body, null));
}

async function loadedFrom(
  ctx: Ctx,
  request: QuestionRequest,
  { document, period, catalogue }: FactsRead,
): Promise<LoadedTurn> {
  assertTargets(request.body, document);
  const now = new Date(document.now);
  const policy = parsePolicy(activePolicy(catalogue, now));
  const profiles = readProfiles(document.profiles);
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
    scorer: complexityModel(),
    profiles,
    question,
    isHistoryWhole: isHistoryWhole(document.history, context),
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
    shadowPolicy: activeShadow(catalogue, now),
    profiles,
    catalogue,
    plan,
    period,
    freeCeilingMicroVnd,
    document,
    context,
    question,
  };
}

const PERIOD_TRIES_MAX = 3;

type FactsRead = {
  readonly document: FactsDocument;
  readonly period: NonNullable<FactsDocument["period"]>;
  readonly catalogue: Catalogue;
};

async function readFactsWithPeriod(
  ctx: Ctx,
  body: Question,
  turnId: string | null,
): Promise<FactsRead> {
  const read = () =>
    readInTime(
      readTurnFacts(ctx.db, {
        orgId: ctx.orgId,
        userId: ctx.userId,
        turnId,
        conversationId: body.conversationId ?? null,
        retryOf: body.retryOf ?? null,
        knownCatalogue: heldCatalogueVersion(),
      }),
    );
  // At the end of a period the clock may pass it between two readings: then the next one is opened.
  for (let tries = 1; tries <= PERIOD_TRIES_MAX; tries += 1) {
    const document = await read();
    const catalogue = holdCatalogue(document.catalogue);
    if (document.period !== null) return { document, period: document.period, catalogue };
    await openCurrentPeriod({ ...ctx, now: new Date(document.now) });
  }
  throw new DomainError("overloaded", "no budget period holds now", { retryAfterSeconds: 1 });
}

function knownTurn(ctx: Ctx, turn: NonNullable<FactsDocument["turn"]>, hash: string): KnownTurn {
  if (turn.userId !== ctx.userId || turn.bodyHash !== hash) {
    throw new DomainError("idempotency_conflict", "the messageId was used for another request");
  }
  return { kind: "known" };
}

function assertTargets(body: Question, document: FactsDocument): void {
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
