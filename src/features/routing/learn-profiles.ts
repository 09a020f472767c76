import { learnDemand } from "@/domain/demand/demand-profile.ts";
import { learnOutput } from "@/domain/demand/output-profile.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import { listPastAnswers } from "@/features/usage/list-past-answers.ts";
import type { Db } from "@/server/db/client.ts";
import type { Profiles } from "./profile-documents.ts";
import { readNow, saveDemandProfile, saveOutputProfile } from "./store.ts";

const LEARN_AGAIN_MS = 3_600_000;

type Learner = { readonly orgId: string; readonly userId: string };

/**
 * Whether a person's profiles are worth learning anew: there is none, it is older than an hour, or
 * the policy it compares with is another one by now.
 */
export function needsLearning(profiles: Profiles, policyVersion: string, now: Date): boolean {
  const { demand, output } = profiles;
  if (demand === null || output === null) return true;
  const ageMs = now.getTime() - Math.min(demand.learnedAtMs, output.learnedAtMs);
  return ageMs >= LEARN_AGAIN_MS || output.policyVersion !== policyVersion;
}

/**
 * Learns from the logs how an organisation asks (rate, weekly rhythm, kinds of questions) and how
 * long one person's answers are, for the decisions to come. Everything is computed anew, so it may
 * run twice at once or not at all.
 */
export async function learnProfiles(
  db: Db,
  { orgId, userId }: Learner,
  policy: RoutingPolicy,
): Promise<void> {
  const now = await readNow(db);
  const { answers, fromMs } = await listPastAnswers(db, orgId, now);
  const own = answers.filter((answer) => answer.userId === userId);
  const nowMs = now.getTime();
  await saveDemandProfile(db, orgId, learnDemand(answers, { fromMs, nowMs }));
  await saveOutputProfile(db, { orgId, userId }, learnOutput(own, policy, nowMs));
}
