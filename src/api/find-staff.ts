import { DomainError } from "@/domain/errors.ts";
import type { Role } from "@/server/ctx.ts";
import { asStaff, type StaffCtx } from "@/server/staff.ts";
import { findCtx } from "./authenticate.ts";

/**
 * The signed-in person's context where they have one of the roles, for pages of the staff: null for
 * everybody else, who then sees no such page. @throws DomainError `database_unavailable`.
 */
export async function findStaff(
  headers: Headers,
  roles: readonly Role[],
): Promise<StaffCtx | null> {
  const ctx = await findCtx(headers);
  try {
    return ctx === null ? null : asStaff(ctx, roles);
  } catch (error) {
    if (error instanceof DomainError && error.code === "forbidden") return null;
    throw error;
  }
}
