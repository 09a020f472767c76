import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { createUser } from "@/features/orgs/create-user.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import type { Db } from "@/server/db/client.ts";

const budgetVnd = 1_000_000_000n;

/**
 * Makes a verified customer of the largest plan whose budget no run exhausts. @returns the cookie
 * of their browser.
 */
export async function makeCustomer(db: Db, authSecret: string): Promise<string> {
  const email = `${randomUUID()}@bench.example`;
  const requestId = "bench";
  const word = { actor: "bench", reason: "bench" };
  const { userId } = await createUser(db, {
    email,
    password: randomBytes(12).toString("base64url"),
    name: "Bench",
    role: "user",
    isVerified: true,
    actor: word.actor,
    requestId,
  });
  const ctx = await findOwner(db, { email, requestId });
  await startSubscription(ctx, { planId: "ultimate", ...word });
  await setBudget(ctx, { amountMicroVnd: vndToMicroVnd(budgetVnd), ...word });
  return openSession(db, userId, authSecret);
}

/** Signing in by the door is limited for each address, and 64 people here share one. */
async function openSession(db: Db, userId: string, authSecret: string): Promise<string> {
  const token = randomBytes(24).toString("base64url");
  await db.$client`insert into sessions (id, token, user_id, expires_at)
    values (${randomUUID()}, ${token}, ${userId}, app_now() + interval '1 day')`;
  const signature = createHmac("sha256", authSecret).update(token).digest("base64");
  return `pho.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
}
