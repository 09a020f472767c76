import type { DomainErrorCode, DomainErrorDetails } from "@/domain/errors.ts";
import type { RefusalView } from "./schema.ts";

/** A refusal as it is stored with its turn and shown as a notice; absent details become null. */
export function refusalOf(code: DomainErrorCode, details: DomainErrorDetails): RefusalView {
  return {
    code,
    remainingMicroVnd: details.remainingMicroVnd ?? null,
    resetsAt: details.resetsAt ?? null,
    capMicroVnd: details.capMicroVnd ?? null,
    limitCount: details.limitCount ?? null,
    modelId: details.modelId ?? null,
    feature: details.feature ?? null,
  };
}

/**
 * The details of a stored refusal, for throwing it again when its id is replayed; the time to wait
 * is counted from the replay.
 */
export function refusalDetails(refusal: RefusalView, now: Date): DomainErrorDetails {
  return {
    ...(refusal.remainingMicroVnd === null ? {} : { remainingMicroVnd: refusal.remainingMicroVnd }),
    ...(refusal.resetsAt === null ? {} : { resetsAt: refusal.resetsAt }),
    ...(refusal.capMicroVnd === null ? {} : { capMicroVnd: refusal.capMicroVnd }),
    ...(refusal.limitCount === null ? {} : { limitCount: refusal.limitCount }),
    ...(refusal.modelId === null ? {} : { modelId: refusal.modelId }),
    ...(refusal.feature === null ? {} : { feature: refusal.feature }),
    ...waitOf(refusal, now),
  };
}

/** Only the messages of a day are worth asking for again by themselves (`Retry-After`). */
function waitOf({ code, resetsAt }: RefusalView, now: Date): DomainErrorDetails {
  if (code !== "message_limit_reached" || resetsAt === null) return {};
  const waitMs = new Date(resetsAt).getTime() - now.getTime();
  return { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) };
}
