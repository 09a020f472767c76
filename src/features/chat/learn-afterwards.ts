import { learnProfiles, needsLearning } from "@/features/routing/learn-profiles.ts";
import { log } from "@/server/log.ts";
import type { LoadedTurn } from "./load-turn.ts";

/** Whose learning runs on this process: a burst of answers learns once. */
const learning = new Set<string>();

/**
 * Lets the engine learn from what has just been answered, when its knowledge is old. Not waited for
 * and never thrown: the answer is out, and what is not learned now is learned after the next one.
 */
export function learnAfterwards({ ctx, policy, profiles }: LoadedTurn): void {
  const { orgId, userId } = ctx;
  const key = `${orgId}:${userId}`;
  if (learning.has(key) || !needsLearning(profiles, policy.version, ctx.now)) return;
  learning.add(key);
  learnProfiles(ctx.db, { orgId, userId }, policy)
    .catch((error: unknown) => {
      log().warn({ requestId: ctx.requestId, err: error }, "demand was not learned");
    })
    .finally(() => {
      learning.delete(key);
    });
}
