import { DomainError } from "@/domain/errors.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import { loadPolicies } from "@/features/routing/load-policies.ts";
import type { Db } from "@/server/db/client.ts";
import {
  differencesOf,
  replayDecision,
  shadowDifferencesOf,
  weigh,
  type Replayed,
} from "./replay-decision.ts";
import { startTally, type ReplayReport, type ReplayTally } from "./replay-report.ts";
import { readStoredDecision, type StoredDecision } from "./stored-decision.ts";
import { eachDecision, type DecisionRow } from "./store/decisions.ts";

export type ReplayInput = {
  readonly from: Date;
  readonly to: Date;
  /** Plans the stored facts by this version; null = each by the version that decided it. */
  readonly policyVersion: string | null;
  /** Compares what the shadow policy recorded with what was served. */
  readonly isShadow: boolean;
};

/**
 * Decides stored turns again from their stored facts. By its own policy a decision must come out as
 * it was stored: model, cap, hold, expected cost, reason and reference. By another one the report
 * tells what would have changed, both choices weighed by that policy.
 * @throws DomainError `not_found` for an unknown policy version.
 */
export async function replayDecisions(db: Db, input: ReplayInput): Promise<ReplayReport> {
  const policies = await loadPolicies(db);
  const { policyVersion } = input;
  if (policyVersion !== null && !policies.has(policyVersion)) {
    throw new DomainError("not_found", `no policy ${policyVersion}`);
  }
  const tally = startTally();
  await eachDecision(db, input, (row) => {
    const decision = readRow(row, tally);
    if (decision === null) return;
    const step = { turnId: row.turnId, decision, policies, tally };
    if (input.isShadow) replayShadow(step, policyVersion);
    else replayServed(step, policyVersion ?? decision.plan.policyVersion);
  });
  return tally.report();
}

type Step = {
  readonly turnId: string;
  readonly decision: StoredDecision;
  readonly policies: ReadonlyMap<string, RoutingPolicy>;
  readonly tally: ReplayTally;
};

function readRow(row: DecisionRow, tally: ReplayTally): StoredDecision | null {
  try {
    return readStoredDecision(row.decision);
  } catch {
    tally.countDecision();
    tally.addDifference(row.turnId, ["cannot be read"]);
    return null;
  }
}

function replayServed({ turnId, decision, policies, tally }: Step, version: string): void {
  tally.countDecision();
  const policy = policies.get(version);
  if (policy === undefined) {
    tally.addDifference(turnId, [`no policy ${version}`]);
    return;
  }
  const replayed = replayDecision(decision.facts, policy);
  if (version === decision.plan.policyVersion) {
    tally.addDifference(turnId, differencesOf(decision.plan, replayed));
  }
  addComparison({ decision, tally }, policy, replayed);
}

/** Turns without a record of the shadow (or of another one than asked for) are passed over. */
function replayShadow({ turnId, decision, policies, tally }: Step, asked: string | null): void {
  const { shadow } = decision;
  if (shadow === null || (asked !== null && shadow.policyVersion !== asked)) return;
  tally.countDecision();
  const policy = policies.get(shadow.policyVersion);
  if (policy === undefined) {
    // A shadow that could not even be read was recorded as failed, and still cannot be.
    if (shadow.refusedCode !== "failed") {
      tally.addDifference(turnId, [`no policy ${shadow.policyVersion}`]);
    }
    return;
  }
  const replayed = replayDecision(decision.facts, policy);
  tally.addDifference(turnId, shadowDifferencesOf(shadow, replayed));
  addComparison({ decision, tally }, policy, replayed);
}

function addComparison(
  { decision, tally }: Pick<Step, "decision" | "tally">,
  policy: RoutingPolicy,
  replayed: Replayed,
): void {
  const { facts, plan } = decision;
  const chosen = replayed.kind === "plan" ? replayed.plan.modelId : null;
  tally.addComparison(facts.complexity.label, {
    isChanged: chosen !== plan.modelId,
    before: weigh(facts, policy, plan.modelId),
    after: chosen === null ? null : weigh(facts, policy, chosen),
  });
}
