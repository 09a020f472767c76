import { randomUUID } from "node:crypto";
import { setBudget } from "@/features/budgets/set-budget.ts";
import { startSubscription } from "@/features/plans/start-subscription.ts";
import { asOrgId, type Ctx } from "@/server/ctx.ts";
import type { Db } from "@/server/db/client.ts";
import { makePerson } from "../factories/people.ts";
import type { TestDatabase } from "./test-database.ts";

export type Member = {
  readonly userId: string;
  /** The member acting for the team, on that pool. */
  readonly ctx: (db: Db) => Ctx;
};

export type Team = { readonly orgId: string; readonly members: readonly Member[] };

/** A team on the largest plan with one budget, and its members with caps of their own. */
export async function makeTeam(
  database: TestDatabase,
  input: {
    readonly budgetMicroVnd: bigint;
    readonly capsMicroVnd: readonly (bigint | null)[];
  },
): Promise<Team> {
  const { sql, db } = database;
  const orgId = randomUUID();
  await sql`insert into orgs (id, kind, name) values (${orgId}, 'team', 'Team of the tests')`;
  const members: Member[] = [];
  for (const cap of input.capsMicroVnd) {
    const { userId } = await makePerson(database);
    await sql`insert into org_members (org_id, user_id, role, cap_micro_vnd)
              values (${orgId}, ${userId}, 'member', ${cap?.toString() ?? null})`;
    members.push({ userId, ctx: (pool) => ctxOf(pool, orgId, userId) });
  }
  const [first] = members;
  if (first === undefined) throw new Error("a team has members");
  const word = { actor: "factory", reason: "test" };
  await startSubscription(first.ctx(db), { planId: "ultimate", ...word });
  await setBudget(first.ctx(db), { amountMicroVnd: input.budgetMicroVnd, ...word });
  return { orgId, members };
}

function ctxOf(db: Db, orgId: string, userId: string): Ctx {
  return {
    ...{ db, orgId: asOrgId(orgId), userId, requestId: randomUUID(), now: new Date() },
    ...{ role: "user", locale: "en", isEmailVerified: true },
  };
}
