import type { RefusalView } from "../schema.ts";
import type { TurnFailure } from "./turn-state.ts";
import {
  domainErrorCodes,
  type DomainErrorCode,
  type DomainErrorDetails,
} from "@/domain/errors.ts";
import type { BlockNeed } from "@/features/payments/ui/block-offers.ts";

const knownCodes: ReadonlySet<string> = new Set(domainErrorCodes);

export function isDomainErrorCode(code: string): code is DomainErrorCode {
  return knownCodes.has(code);
}

/** A failure's details as the error sentences take them: only what is known. */
export function failureDetails(failure: TurnFailure): DomainErrorDetails {
  const {
    remainingMicroVnd,
    resetsAt,
    capMicroVnd,
    limitCount,
    modelId,
    feature,
    retryAfterSeconds,
  } = failure;
  return {
    ...(remainingMicroVnd === null ? {} : { remainingMicroVnd }),
    ...(resetsAt === null ? {} : { resetsAt }),
    ...(capMicroVnd === null ? {} : { capMicroVnd }),
    ...(limitCount === null ? {} : { limitCount }),
    ...(modelId === null ? {} : { modelId }),
    ...(feature === null ? {} : { feature }),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  };
}

export type FailureStep =
  | "usage"
  | "settings"
  | "verify"
  | "sign_in"
  | "auto_model"
  | "retry"
  | "resend"
  | "describe_image";

const stepsByCode: Partial<Record<DomainErrorCode, readonly FailureStep[]>> = {
  invalid_input: [],
  unauthenticated: ["sign_in"],
  budget_exhausted: ["usage", "retry"],
  daily_cap_reached: ["settings", "usage", "retry"],
  query_cap_exceeded: ["settings", "auto_model"],
  member_cap_reached: ["usage", "retry"],
  free_ceiling_reached: ["usage", "retry"],
  forbidden: [],
  model_not_allowed: ["auto_model"],
  email_unverified: ["verify", "retry"],
  model_unpriced: ["auto_model", "retry"],
  provider_not_configured: ["auto_model", "retry"],
  payload_too_large: [],
  rate_limited: ["resend"],
  overloaded: ["resend"],
  database_unavailable: ["resend"],
};

/** What a person may do about a refusal, most useful first. */
export function failureSteps(failure: TurnFailure): readonly FailureStep[] {
  if (failure.code === "feature_disabled") {
    return failure.feature === "image_generation" ? ["describe_image"] : [];
  }
  if (!isDomainErrorCode(failure.code)) return ["retry"];
  return stepsByCode[failure.code] ?? ["retry"];
}

const needByCode: Partial<Record<DomainErrorCode, BlockNeed>> = {
  budget_exhausted: "budget",
  message_limit_reached: "messages",
  model_not_allowed: "models",
  free_ceiling_reached: "plan",
};

/** What could be bought so that the message is let through; null where paying does not help. */
export function paidNeed({ code }: Pick<TurnFailure, "code">): BlockNeed | null {
  return isDomainErrorCode(code) ? (needByCode[code] ?? null) : null;
}

const titleKeys = [
  "budget_exhausted",
  "daily_cap_reached",
  "query_cap_exceeded",
  "member_cap_reached",
  "free_ceiling_reached",
  "model_not_allowed",
  "email_unverified",
  "message_limit_reached",
  "payload_too_large",
] as const;

/** Which short sentence of the catalogue says that this draft would be refused. */
export function refusalTitleKey(
  refusal: Pick<RefusalView, "code" | "feature">,
): (typeof titleKeys)[number] | "image" | "other" {
  if (refusal.feature === "image_generation") return "image";
  return titleKeys.find((code) => code === refusal.code) ?? "other";
}
