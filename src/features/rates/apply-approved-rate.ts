import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import { decideApproval } from "@/features/approvals/decide-approval.ts";
import { withdrawProposals } from "@/features/approvals/withdraw-proposals.ts";
import type { Db } from "@/server/db/client.ts";
import { writeAhead, type VersionStart } from "@/server/db/version-start.ts";
import { rateProposal } from "./schema.ts";
import { changeRate } from "./set-exchange-rate.ts";
import { RATE_JUMP_ALERT } from "./tell-rate-age.ts";

export type RateDecision = {
  readonly id: string;
  readonly isApproved: boolean;
  readonly actor: string;
  readonly reason: string;
  readonly requestId: string;
};

/**
 * Carries out ops' word on a rate that was held back: approved, it holds from now on, and what else
 * waits is moot; rejected, the last rate stays.
 * @returns when the rate begins; null when it was rejected.
 * @throws DomainError `not_found`; `state_conflict` when it was decided before.
 */
export async function applyApprovedRate(
  db: Db,
  decision: RateDecision,
): Promise<{ readonly validFrom: Date | null }> {
  const { start } = await writeAhead(db, (headStartMs) => decide(db, { ...decision, headStartMs }));
  return { validFrom: start?.at ?? null };
}

async function decide(
  db: Db,
  decision: RateDecision & { readonly headStartMs: number },
): Promise<{ readonly start: VersionStart | null }> {
  const { actor, requestId, headStartMs } = decision;
  let start: VersionStart | null = null;
  await decideApproval(db, { ...decision, kind: "exchange_rate" }, async (tx, approval) => {
    await resolveOpsAlert(tx, RATE_JUMP_ALERT);
    if (decision.isApproved) {
      const rest = { kind: "exchange_rate", exceptId: approval.id, actor, requestId } as const;
      await withdrawProposals(tx, rest);
      const { rateMilliVnd, source } = rateProposal.parse(approval.payload);
      ({ start } = await changeRate(db, tx, {
        rateMilliVnd,
        from: null,
        headStartMs,
        source,
        approvedBy: actor,
        actor,
        reason: `approval ${approval.id}`,
        requestId,
      }));
    }
  });
  return { start };
}
