import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import { planTurn, type TurnPlan } from "@/domain/routing/plan-turn.ts";
import { nextMidnight } from "@/domain/time/vietnam-time.ts";
import type { LoadedTurn } from "./load-turn.ts";

/**
 * What a loaded question gets: first the walls no money moves, then the engine's choice. Writes
 * nothing.
 * @throws DomainError for every refusal; those for money and messages say when they end.
 */
export function decideTurn(loaded: LoadedTurn): TurnPlan {
  try {
    assertMayAsk(loaded);
    return planTurn(loaded.facts, loaded.policy);
  } catch (error) {
    throw error instanceof DomainError ? withResetDate(error, loaded) : error;
  }
}

function assertMayAsk(loaded: LoadedTurn): void {
  if (!loaded.ctx.isEmailVerified)
    throw new DomainError("email_unverified", "the e-mail is not verified");
  const { category, confidence } = loaded.facts.complexity;
  if (category === "image" && confidence >= loaded.policy.imageWishConfidence) {
    throw new DomainError("feature_disabled", "pictures are not drawn", {
      feature: "image_generation",
    });
  }
  const messagesMax = loaded.plan.messagesDailyMax;
  if (messagesMax !== null && loaded.document.spentToday.messages >= messagesMax) {
    const midnight = nextMidnight(loaded.ctx.now);
    throw new DomainError("message_limit_reached", "the plan's messages of the day are used", {
      limitCount: messagesMax,
      resetsAt: midnight.toISOString(),
      retryAfterSeconds: Math.ceil((midnight.getTime() - loaded.ctx.now.getTime()) / 1000),
    });
  }
}

/**
 * Refusals for money say when it comes back: daily ones at midnight, the others with the next
 * period.
 */
function withResetDate(error: DomainError, loaded: LoadedTurn): DomainError {
  const midnight = nextMidnight(loaded.ctx.now);
  const periodEnd = new Date(loaded.period.endsAt);
  const resets: Partial<Record<DomainErrorCode, Date>> = {
    budget_exhausted: periodEnd,
    member_cap_reached: periodEnd,
    daily_cap_reached: midnight,
    free_ceiling_reached: midnight,
  };
  const resetsAt = resets[error.code];
  if (resetsAt === undefined) return error;
  return new DomainError(error.code, error.message, {
    ...error.details,
    resetsAt: resetsAt.toISOString(),
  });
}
