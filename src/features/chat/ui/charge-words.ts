import type { ThreadAnswer } from "./build-thread.ts";

/** What a person is told about the money of an answer that failed. */
export type FailedCharge =
  | { readonly kind: "none" }
  | {
      /** Given back; `restMicroVnd` is what stays charged, mostly 0. */
      readonly kind: "credited";
      readonly creditedMicroVnd: bigint;
      readonly restMicroVnd: bigint;
    }
  /** Not given back: the credits of the day or of the period were used up. */
  | { readonly kind: "kept"; readonly costMicroVnd: bigint };

type Answer = Pick<ThreadAnswer, "state" | "text" | "receipt" | "finishReason" | "failure">;

/**
 * What a failed answer cost in the end.
 * @returns null where nothing failed, or where nothing is known yet: never a guess.
 */
export function failedCharge(answer: Answer): FailedCharge | null {
  const { state, text, receipt, failure } = answer;
  if (text !== "") return null;
  // The other refusals say so in their sentence, or were never about money.
  if (state === "refused") return failure?.code === "rate_limited" ? { kind: "none" } : null;
  if (receipt === null || (state !== "failed" && state !== "complete")) return null;
  const costMicroVnd = BigInt(receipt.costMicroVnd);
  const creditedMicroVnd = BigInt(receipt.creditedMicroVnd);
  if (creditedMicroVnd > 0n)
    return { kind: "credited", creditedMicroVnd, restMicroVnd: costMicroVnd };
  if (costMicroVnd === 0n) return { kind: "none" };
  // An empty answer cut by the asker's own cap is owed, bounds or not.
  return answer.finishReason === "length" ? null : { kind: "kept", costMicroVnd };
}

/** The answer is whole and on screen; only its cost waits for the database. */
export function isUnbooked({ text, failure }: Pick<Answer, "text" | "failure">): boolean {
  return text !== "" && failure?.code === "database_unavailable";
}
