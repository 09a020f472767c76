import { z } from "zod";
import { domainErrorCodes } from "@/domain/errors.ts";

const textPart = z.strictObject({ type: z.literal("text"), text: z.string().max(400_000) });
const wireMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.union([z.string().max(400_000), z.array(textPart).min(1).max(100)]),
});

/** Body of `POST /webapi/chat/[provider]` (strict: an unknown key is refused). */
export const sendMessageInput = z.strictObject({
  messageId: z.uuid(),
  conversationId: z.uuid().optional(),
  retryOf: z.uuid().optional(),
  model: z.string().min(1).max(200).default("auto"),
  stream: z.boolean().default(true),
  max_tokens: z.number().int().min(1).max(1_000_000).optional(),
  messages: z.array(wireMessage).min(1).max(2_000),
});
export type SendMessageInput = z.output<typeof sendMessageInput>;

/**
 * The engine's choice as clients see it (`contract.md` 1); money as decimal strings of micro-VND.
 * What decisions of before this version lack is null. `savedExpectedMicroVnd` is negative where the
 * choice costs more than the reference model; `answersLeft` counts answers like this one that every
 * limit together still pays for, null for a free model.
 */
export const decisionView = z.object({
  modelId: z.string(),
  provider: z.string(),
  score: z.number(),
  label: z.enum(["simple", "medium", "complex"]),
  category: z.string(),
  expectedCostMicroVnd: z.string(),
  reasonCode: z.string(),
  outputTokensMax: z.number(),
  policyVersion: z.string(),
  referenceModelId: z.string().nullable().default(null),
  savedExpectedMicroVnd: z.string().nullable().default(null),
  stronger: z
    .object({ modelId: z.string(), expectedCostMicroVnd: z.string() })
    .nullable()
    .default(null),
  answersLeft: z.number().nullable().default(null),
  strongerAnswersLeft: z.number().nullable().default(null),
  /** The model that was chosen and could not answer, where another one did; else null. */
  replacedModelId: z.string().nullable().default(null),
  /** What is left of the budget made the cap smaller than usual. */
  isCapTight: z.boolean().default(false),
});
export type DecisionView = z.output<typeof decisionView>;

export const receiptView = z.object({
  usageLogIds: z.array(z.string()),
  servedModelId: z.string(),
  tokens: z.object({
    freshInput: z.number(),
    cachedInput: z.number(),
    cacheWrite: z.number(),
    output: z.number(),
    reasoning: z.number(),
  }),
  costMicroVnd: z.string(),
  savedMicroVnd: z.string(),
  /** What was given back of the cost because the answer failed; `costMicroVnd` is after it. */
  creditedMicroVnd: z.string().default("0"),
  remainingMicroVnd: z.string(),
  source: z.enum(["reported", "estimated"]),
  state: z.enum(["complete", "interrupted", "failed"]),
});
export type ReceiptView = z.output<typeof receiptView>;

/** What a refusal carries, stored as a notice in the conversation and sent as the refusal body. */
export const refusalView = z.object({
  code: z.enum(domainErrorCodes),
  remainingMicroVnd: z.string().nullable(),
  resetsAt: z.string().nullable(),
  capMicroVnd: z.string().nullable(),
  limitCount: z.number().nullable(),
  modelId: z.string().nullable(),
  feature: z.string().nullable(),
});
export type RefusalView = z.output<typeof refusalView>;

const DRAFT_CHARACTERS_MAX = 100_000;

/** A question that is still being written. `model`: "auto" or an id of the catalogue. */
export const routePreviewInput = z.strictObject({
  text: z.string().min(1).max(DRAFT_CHARACTERS_MAX),
  conversationId: z.uuid().optional(),
  model: z.string().min(1).max(200).default("auto"),
});
export type RoutePreviewInput = z.output<typeof routePreviewInput>;

/** What would become of a question if it were sent now. */
export const routePreview = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("plan"), decision: decisionView }),
  z.object({ kind: z.literal("refused"), refusal: refusalView }),
]);
export type RoutePreview = z.output<typeof routePreview>;

const questionsMonthly = z.number().int().min(0).max(100_000);

/** How many questions of each difficulty a month would bring. */
export const costBreakdownInput = z.strictObject({
  simple: questionsMonthly,
  medium: questionsMonthly,
  complex: questionsMonthly,
});
export type CostBreakdownInput = z.output<typeof costBreakdownInput>;

/**
 * Such a month on every plan, cheapest first; money as decimal strings of micro-VND. `modelId` and
 * the costs are null where no model of the plan would answer. `messagesDailyMax`: the plan's own
 * limit, which `fitsBudget` leaves out.
 */
export const costBreakdown = z.object({
  plans: z.array(
    z.object({
      planId: z.string(),
      name: z.string(),
      priceMicroVnd: z.string(),
      budgetMicroVnd: z.string(),
      messagesDailyMax: z.number().nullable(),
      lines: z.array(
        z.object({
          label: z.enum(["simple", "medium", "complex"]),
          questions: z.number(),
          modelId: z.string().nullable(),
          costPerAnswerMicroVnd: z.string().nullable(),
          totalMicroVnd: z.string().nullable(),
        }),
      ),
      totalMicroVnd: z.string(),
      fitsBudget: z.boolean(),
      isDemo: z.boolean(),
    }),
  ),
});
export type CostBreakdown = z.output<typeof costBreakdown>;

export const conversationView = z.object({
  id: z.string(),
  title: z.string(),
  updatedAt: z.string(),
});
export type ConversationView = z.output<typeof conversationView>;

/**
 * One item of a conversation, oldest first. `turnId` is the caller's messageId: a user item and its
 * answer share it. `decision` only on assistant items, `receipt` also on the notice of a failed answer, `refusal`
 * only on notices.
 * `finishReason` "length" = the cap cut it. `version` counts the answers to one question (a retry
 * makes the next).
 */
export const messageView = z.object({
  id: z.string(),
  turnId: z.string(),
  role: z.enum(["user", "assistant", "notice"]),
  text: z.string(),
  state: z.enum(["complete", "interrupted", "failed", "refused"]),
  finishReason: z.enum(["stop", "length", "content_filter", "other"]).nullable(),
  replyTo: z.string().nullable(),
  version: z.number(),
  createdAt: z.string(),
  decision: decisionView.nullable(),
  receipt: receiptView.nullable(),
  refusal: refusalView.nullable(),
});
export type MessageView = z.output<typeof messageView>;

export const conversationIdInput = z.strictObject({ conversationId: z.uuid() });
export const renameConversationInput = z.strictObject({
  conversationId: z.uuid(),
  title: z.string().trim().min(1).max(80),
});

/**
 * `runningTurnIds`: questions whose answer is still being written (poll until empty after a Stop or
 * a reload).
 */
export const conversationDetail = z.object({
  conversation: conversationView,
  messages: z.array(messageView),
  runningTurnIds: z.array(z.string()),
});
export type ConversationDetail = z.output<typeof conversationDetail>;

/** A model the picker may offer; `isDemo` models are labelled wherever they show. */
export const modelChoiceView = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  tier: z.enum(["economy", "standard", "premium"]),
  isDemo: z.boolean(),
  isAllowed: z.boolean(),
});
export type ModelChoiceView = z.output<typeof modelChoiceView>;
