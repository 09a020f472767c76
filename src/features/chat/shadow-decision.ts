import { DomainError } from "@/domain/errors.ts";
import { parsePolicy } from "@/features/routing/parse-policy.ts";
import { log } from "@/server/log.ts";
import { decideTurn } from "./decide-turn.ts";
import type { LoadedTurn } from "./load-turn.ts";

/** What a shadow policy would have done; money as text. Recorded with the turn, never followed. */
export type ShadowDecision = {
  readonly policyVersion: string;
  readonly modelId: string | null;
  readonly expectedCostMicroVnd: string | null;
  readonly expectedQuality: number | null;
  /** The code it would have refused with; `failed` where it could not decide at all. */
  readonly refusedCode: string | null;
};

/**
 * Lets the newest active shadow policy decide on the same facts. Whatever it does, the turn goes its
 * own way: a policy that cannot even be read is recorded as failed and logged.
 * @returns null when no shadow policy is active.
 */
export function decideInShadow(loaded: LoadedTurn): ShadowDecision | null {
  const row = loaded.shadowPolicy;
  if (row === null) return null;
  const nothing = { modelId: null, expectedCostMicroVnd: null, expectedQuality: null };
  try {
    const plan = decideTurn({ ...loaded, policy: parsePolicy(row) });
    return {
      policyVersion: row.version,
      modelId: plan.modelId,
      expectedCostMicroVnd: plan.expectedCostMicroVnd.toString(),
      expectedQuality: plan.expectedQuality,
      refusedCode: null,
    };
  } catch (error) {
    if (error instanceof DomainError) {
      return { policyVersion: row.version, ...nothing, refusedCode: error.code };
    }
    log().warn({ policy: row.version, err: error }, "a shadow policy could not decide");
    return { policyVersion: row.version, ...nothing, refusedCode: "failed" };
  }
}
