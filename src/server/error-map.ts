import type { TRPCError } from "@trpc/server";
import type { DomainErrorCode } from "@/domain/errors.ts";

type Surface = { readonly status: number; readonly trpc: TRPCError["code"] };

const PAYMENT: Surface = { status: 402, trpc: "PAYMENT_REQUIRED" };
const FORBIDDEN: Surface = { status: 403, trpc: "FORBIDDEN" };
const CONFLICT: Surface = { status: 409, trpc: "CONFLICT" };
const TOO_MANY: Surface = { status: 429, trpc: "TOO_MANY_REQUESTS" };
const UNAVAILABLE: Surface = { status: 503, trpc: "SERVICE_UNAVAILABLE" };

/**
 * Each code's answer on each surface (`contract.md` 2); a new code does not compile until it stands
 * here.
 */
export const errorMap = {
  invalid_input: { status: 400, trpc: "BAD_REQUEST" },
  unauthenticated: { status: 401, trpc: "UNAUTHORIZED" },
  budget_exhausted: PAYMENT,
  daily_cap_reached: PAYMENT,
  query_cap_exceeded: PAYMENT,
  member_cap_reached: PAYMENT,
  key_cap_reached: PAYMENT,
  free_ceiling_reached: PAYMENT,
  forbidden: FORBIDDEN,
  model_not_allowed: FORBIDDEN,
  feature_disabled: FORBIDDEN,
  email_unverified: FORBIDDEN,
  not_found: { status: 404, trpc: "NOT_FOUND" },
  idempotency_conflict: CONFLICT,
  state_conflict: CONFLICT,
  payload_too_large: { status: 413, trpc: "PAYLOAD_TOO_LARGE" },
  unsupported_media_type: { status: 415, trpc: "UNSUPPORTED_MEDIA_TYPE" },
  rate_limited: TOO_MANY,
  message_limit_reached: TOO_MANY,
  provider_failed: { status: 502, trpc: "BAD_GATEWAY" },
  model_unpriced: UNAVAILABLE,
  provider_not_configured: UNAVAILABLE,
  no_model_available: UNAVAILABLE,
  database_unavailable: UNAVAILABLE,
  overloaded: UNAVAILABLE,
  provider_timeout: { status: 504, trpc: "GATEWAY_TIMEOUT" },
} as const satisfies Record<DomainErrorCode, Surface>;
