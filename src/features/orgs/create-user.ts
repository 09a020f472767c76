import { DomainError } from "@/domain/errors.ts";
import { recordChange } from "@/features/audit/record-change.ts";
import { hashPassword } from "@/server/auth.ts";
import { canonicalEmail } from "@/server/canonical-email.ts";
import type { OrgId, Role } from "@/server/ctx.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { openPersonalOrg } from "./open-personal-org.ts";
import { findUserByEmail, insertUser } from "./store.ts";

export type CreateUserInput = {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: Role;
  readonly isVerified: boolean;
  /** Who asks: a user id, or "cli". */
  readonly actor: string;
  readonly requestId: string;
};

/**
 * Creates a person with a password and a personal organisation by an operator's word; audited.
 * @throws DomainError `invalid_input` for what is no e-mail of ours, `state_conflict` when it is
 * taken (in its canonical form).
 */
export async function createUser(
  db: Queryable,
  input: CreateUserInput,
): Promise<{ userId: string; orgId: OrgId }> {
  const email = canonicalEmail(input.email);
  if (email === null)
    throw new DomainError("invalid_input", "no e-mail address", { field: "email" });
  const passwordHash = await hashPassword(input.password);
  return db.transaction(async (tx) => {
    if ((await findUserByEmail(tx, email)) !== null) {
      throw new DomainError("state_conflict", `${email} exists already`);
    }
    const userId = crypto.randomUUID();
    const { name, role, isVerified } = input;
    await insertUser(tx, {
      id: userId,
      email,
      name,
      role,
      emailVerified: isVerified,
      passwordHash,
    });
    const { orgId } = await openPersonalOrg(tx, { userId });
    await recordChange(tx, {
      actor: input.actor,
      action: "user.create",
      subject: `user:${userId}`,
      before: null,
      after: { role, isVerified },
      reason: "operator",
      requestId: input.requestId,
    });
    return { userId, orgId };
  });
}
