import { z } from "zod";
import { queryCategories } from "@/domain/complexity/query-categories.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";

const share = z.number().min(0).max(1);
const tokens = z.number().int().positive();
const category = z.enum(queryCategories);

const linear = z.strictObject({
  kind: z.literal("linear"),
  queriesPerDay: z.number().positive(),
  qualityPerAllowance: z.number().min(0),
});

const market = z.strictObject({
  kind: z.literal("market"),
  questionsPerWeek: z.number().positive(),
  priorWeeks: z.number().positive(),
  mixPriorQuestions: z.number().positive(),
  biddingShare: share.positive(),
  reserveFactor: z.number().min(1),
  reserveBurstWeeks: z.number().min(0),
  reserveQuestionsMin: z.number().min(0),
  typicalQuestions: z
    .array(
      z.strictObject({
        score: share,
        category,
        inputTokens: z.number().int().min(0),
        share: z.number().positive(),
      }),
    )
    .min(1)
    .max(64),
});

/** The first policy was stored before there was another kind of pacing. */
const pacing = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && !("kind" in value)
      ? { kind: "linear", ...value }
      : value,
  z.discriminatedUnion("kind", [linear, market]),
);

const byLabel = z.strictObject({ simple: tokens, medium: tokens, complex: tokens });

/** The first policy was stored with one length for all categories. */
const outputTokensExpected = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && "simple" in value
      ? Object.fromEntries(queryCategories.map((name) => [name, value]))
      : value,
  z.record(category, byLabel),
);

const parameters = z
  .object({
    pacing,
    cutPoints: z.object({ medium: share, complex: share }),
    outputTokensExpected,
    outputFactorByCurve: z.record(z.string().min(1), z.number().positive()).default({}),
    outputTokensP95: z.record(category, tokens),
    qualityCurves: z
      .record(z.string().min(1), z.record(category, z.array(share).length(11)))
      .default({}),
    preferredBonus: share,
    historyTokensMax: tokens,
    imageWishConfidence: share,
  })
  .refine(({ cutPoints }) => 0 < cutPoints.medium && cutPoints.medium < cutPoints.complex, {
    message: "cut points stand in order in (0, 1]",
  });

const parsed = new Map<string, RoutingPolicy>();

/**
 * The policy of a stored version. Versions never change, so each is parsed once per process.
 * @throws ZodError for parameters the engine does not understand: no turn is planned by a policy in
 * doubt.
 */
export function parsePolicy(row: {
  readonly version: string;
  readonly parameters: unknown;
}): RoutingPolicy {
  const known = parsed.get(row.version);
  if (known !== undefined) return known;
  const policy = checkPolicy(row);
  parsed.set(row.version, policy);
  return policy;
}

/**
 * Reads parameters that are not stored yet, and remembers nothing.
 * @throws ZodError for parameters the engine does not understand.
 */
export function checkPolicy(row: {
  readonly version: string;
  readonly parameters: unknown;
}): RoutingPolicy {
  return { version: row.version, ...parameters.parse(row.parameters) };
}
