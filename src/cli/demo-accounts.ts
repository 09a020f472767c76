import { randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";
import { DomainError } from "@/domain/errors.ts";
import { createUser } from "@/features/orgs/create-user.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import type { Db } from "@/server/db/client.ts";

const accountSchema = z.object({
  role: z.enum(["user", "finance", "ops", "admin"]),
  email: z.string(),
  password: z.string(),
});

export type DemoAccount = z.infer<typeof accountSchema>;

const wanted = [
  // On a paid plan, so that the engine has something to choose from.
  { role: "user", email: "chat@pho.test", planId: "premium" },
  { role: "finance", email: "finance@pho.test", planId: "free" },
  { role: "ops", email: "ops@pho.test", planId: "free" },
  { role: "admin", email: "admin@pho.test", planId: "free" },
] as const;

/**
 * Sees to one account per role, with random passwords kept in `file`. Safe to repeat, and after a
 * crash in the middle: a password is on disk before its account exists.
 * @returns the accounts that this call made.
 */
export async function ensureDemoAccounts(db: Db, file: string): Promise<DemoAccount[]> {
  const known = await readAccounts(file);
  const kept: DemoAccount[] = [];
  const made: DemoAccount[] = [];
  for (const { role, email, planId } of wanted) {
    const old = known.find((account) => account.email === email);
    const account = old ?? { role, email, password: randomBytes(8).toString("hex") };
    await writeAccounts(file, [...kept, account]);
    const isMade = await createUnlessThere(db, account, planId);
    if (isMade) made.push(account);
    // Somebody else's account under this name: its password is not ours to know.
    if (isMade || old !== undefined) kept.push(account);
  }
  await writeAccounts(file, kept);
  return made;
}

async function createUnlessThere(db: Db, account: DemoAccount, planId: string): Promise<boolean> {
  const word = { actor: "cli", requestId: randomUUID() };
  try {
    await createUser(db, {
      ...account,
      name: `Demo ${account.role}`,
      isVerified: true,
      ...word,
    });
    const ctx = await findOwner(db, { email: account.email, requestId: word.requestId });
    await startSubscription(ctx, { planId, actor: word.actor, reason: "demo account" });
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.code === "state_conflict") return false;
    throw error;
  }
}

async function readAccounts(file: string): Promise<DemoAccount[]> {
  const text = await readFile(file, "utf8").catch(() => "[]");
  return z.array(accountSchema).parse(JSON.parse(text));
}

async function writeAccounts(file: string, accounts: readonly DemoAccount[]): Promise<void> {
  await writeFile(file, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
}
