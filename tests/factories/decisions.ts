import { randomUUID } from "node:crypto";
import { DomainError } from "@/domain/errors.ts";
import { planTurn } from "@/domain/routing/plan-turn.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { TurnFacts } from "@/domain/routing/turn-facts.ts";
import { storedDecision } from "@/features/chat/describe-decision.ts";
import type { TestDatabase } from "../support/test-database.ts";
import type { Person } from "./people.ts";

/** A version of the engine's parameters that exists and is never the one that decides. */
export async function storePolicy({ sql }: TestDatabase, policy: RoutingPolicy): Promise<void> {
  const { version, ...parameters } = policy;
  await sql`insert into routing_policies (version, parameters, active_from)
            values (${version}, ${JSON.stringify(parameters)}::jsonb, '2099-01-01T00:00:00Z')`;
}

const noPlan = { modelId: null, expectedCostMicroVnd: null, expectedQuality: null };

/** What is kept of a turn; null when the policy refuses it, for refusals keep no decision. */
export function decisionOf(
  facts: TurnFacts,
  policy: RoutingPolicy,
  shadow: RoutingPolicy | null = null,
): unknown {
  const plan = planned(facts, policy);
  if (typeof plan === "string") return null;
  if (shadow === null) return storedDecision(facts, plan, null);
  const other = planned(facts, shadow);
  const policyVersion = shadow.version;
  if (typeof other === "string") {
    return storedDecision(facts, plan, { policyVersion, ...noPlan, refusedCode: other });
  }
  return storedDecision(facts, plan, {
    policyVersion,
    modelId: other.modelId,
    expectedCostMicroVnd: other.expectedCostMicroVnd.toString(),
    expectedQuality: other.expectedQuality,
    refusedCode: null,
  });
}

function planned(facts: TurnFacts, policy: RoutingPolicy) {
  try {
    return planTurn(facts, policy);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

const BATCH = 1_000;

/** Finished turns of a person at an instant that hold these decisions. */
export async function storeDecisions(
  { sql }: TestDatabase,
  person: Person,
  { at, decisions }: { readonly at: Date; readonly decisions: readonly unknown[] },
): Promise<void> {
  for (let start = 0; start < decisions.length; start += BATCH) {
    const rows = decisions
      .slice(start, start + BATCH)
      .map((decision) => ({ id: randomUUID(), decision }));
    await sql`
      insert into turns (org_id, id, user_id, body_hash, state, decision, heartbeat_at, created_at, finished_at)
      select ${person.orgId}, id, ${person.userId}, 'hash', 'finished', decision, ${at}, ${at}, ${at}
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as rows(id uuid, decision jsonb)`;
  }
}
