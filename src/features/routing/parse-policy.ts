import { z } from "zod";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";

const share = z.number().min(0).max(1);
const tokens = z.number().int().positive();

const parameters = z.object({
  pacing: z.object({
    queriesPerDay: z.number().positive(),
    qualityPerAllowance: z.number().min(0),
  }),
  cutPoints: z.object({ medium: share, complex: share }),
  outputTokensExpected: z.object({ simple: tokens, medium: tokens, complex: tokens }),
  outputTokensP95: z.object({
    chat: tokens,
    question: tokens,
    writing: tokens,
    translation: tokens,
    code: tokens,
    maths: tokens,
    analysis: tokens,
    image: tokens,
  }),
  preferredBonus: share,
  historyTokensMax: tokens,
  imageWishConfidence: share,
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
  const policy = { version: row.version, ...parameters.parse(row.parameters) };
  parsed.set(row.version, policy);
  return policy;
}
