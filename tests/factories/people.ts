import { createHmac, randomUUID } from "node:crypto";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { findOwner } from "@/features/orgs/find-owner.ts";
import { openPersonalOrg } from "@/features/orgs/open-personal-org.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { AUTH_SECRET } from "../support/app-under-test.ts";
import type { TestDatabase } from "../support/test-database.ts";

/** Somebody signed in, with a personal organisation. */
export type Person = {
  readonly userId: string;
  readonly orgId: string;
  readonly email: string;
  readonly cookie: string;
};

export type PersonOptions = {
  readonly locale?: "vi" | "en";
  readonly isVerified?: boolean;
  /** A plan that is paid for; the free plan when not given. */
  readonly planId?: string;
  /** The limit of the present period; the plan's own when not given. */
  readonly budgetMicroVnd?: bigint;
};

/** A person on the largest plan, so that neither models nor messages of a day run out. */
export function makeCustomer(database: TestDatabase, options: PersonOptions = {}): Promise<Person> {
  return makePerson(database, {
    planId: "ultimate",
    budgetMicroVnd: vndToMicroVnd(5_000_000n),
    ...options,
  });
}

export async function makePerson(
  database: TestDatabase,
  options: PersonOptions = {},
): Promise<Person> {
  const { db, sql } = database;
  const { locale = "vi", isVerified = true, planId, budgetMicroVnd } = options;
  const userId = randomUUID();
  const email = `${userId.slice(0, 8)}@pho.example`;
  await sql`insert into users (id, email, name, locale, email_verified)
            values (${userId}, ${email}, 'Minh', ${locale}, ${isVerified})`;
  const { orgId } = await openPersonalOrg(db, { userId });
  const ctx = await findOwner(db, { email, requestId: "factory" });
  const word = { actor: "factory", reason: "test" };
  if (planId !== undefined) await startSubscription(ctx, { planId, ...word });
  if (budgetMicroVnd !== undefined) {
    await setBudget(ctx, { amountMicroVnd: budgetMicroVnd, ...word });
  }
  return { userId, orgId, email, cookie: await signIn(database, userId) };
}

/** Opens a session as the built-in identity stores it. @returns the cookie of a browser. */
export async function signIn({ sql }: TestDatabase, userId: string): Promise<string> {
  const token = randomUUID();
  await sql`insert into sessions (id, token, user_id, expires_at)
            values (${randomUUID()}, ${token}, ${userId}, app_now() + interval '1 year')`;
  const signature = createHmac("sha256", AUTH_SECRET).update(token).digest("base64");
  return `pho.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
}
