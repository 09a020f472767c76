import { and, eq, sql } from "drizzle-orm";
import { orgMembers, orgs } from "@drizzle/schema/orgs.ts";
import { accounts, users } from "@drizzle/schema/identity.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";

export async function upsertPersonalOrg(db: Queryable, userId: string): Promise<string> {
  const [row] = await db
    .insert(orgs)
    .values({ kind: "personal", personalUserId: userId })
    .onConflictDoUpdate({ target: orgs.personalUserId, set: { kind: "personal" } })
    .returning({ id: orgs.id });
  if (row === undefined) throw new Error("upsert returned no organisation");
  await db
    .insert(orgMembers)
    .values({ orgId: row.id, userId, role: "owner" })
    .onConflictDoNothing();
  return row.id;
}

export async function findUserByEmail(db: Queryable, email: string) {
  const [row] = await db
    .select({ id: users.id, email: users.email, orgId: orgs.id, role: users.role })
    .from(users)
    .leftJoin(orgs, eq(orgs.personalUserId, users.id))
    .where(
      eq(users.emailCanonical, sql`lower(normalize(trim(trailing '.' from ${email}::text), NFKC))`),
    );
  return row ?? null;
}

export async function insertUser(
  db: Queryable,
  user: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly role: string;
    readonly emailVerified: boolean;
    readonly passwordHash: string;
  },
): Promise<void> {
  await db.insert(users).values({
    id: user.id,
    email: user.email,
    name: user.name,
    role: user.role,
    emailVerified: user.emailVerified,
  });
  await db.insert(accounts).values({
    id: crypto.randomUUID(),
    userId: user.id,
    accountId: user.id,
    providerId: "credential",
    password: user.passwordHash,
  });
}

export async function findProfile(db: Queryable, userId: string) {
  const [row] = await db
    .select({
      userId: users.id,
      email: users.email,
      name: users.name,
      role: users.role,
      locale: users.locale,
      isEmailVerified: users.emailVerified,
    })
    .from(users)
    .where(eq(users.id, userId));
  return row ?? null;
}

export async function updateProfileRow(
  db: Queryable,
  userId: string,
  change: { readonly name?: string; readonly locale?: string },
): Promise<void> {
  await db
    .update(users)
    .set({ ...change, updatedAt: sql`app_now()` })
    .where(eq(users.id, userId));
}

/** The member's cap under the row's lock; undefined when nobody of that id belongs to the organisation. */
export async function lockMemberCap(
  db: Queryable,
  key: { readonly orgId: string; readonly userId: string },
): Promise<bigint | null | undefined> {
  const [row] = await db
    .select({ capMicroVnd: orgMembers.capMicroVnd })
    .from(orgMembers)
    .where(and(eq(orgMembers.orgId, key.orgId), eq(orgMembers.userId, key.userId)))
    .for("no key update");
  return row?.capMicroVnd;
}

export async function updateMemberCap(
  db: Queryable,
  key: { readonly orgId: string; readonly userId: string },
  capMicroVnd: bigint | null,
): Promise<void> {
  await db
    .update(orgMembers)
    .set({ capMicroVnd })
    .where(and(eq(orgMembers.orgId, key.orgId), eq(orgMembers.userId, key.userId)));
}
