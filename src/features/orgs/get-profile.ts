import { DomainError } from "@/domain/errors.ts";
import type { Ctx } from "@/server/ctx.ts";
import { profileView, type ProfileView } from "./schema.ts";
import { findProfile } from "./store.ts";

/**
 * The signed-in person as the shell shows them. @throws DomainError `not_found` when erased
 * meanwhile.
 */
export async function getProfile(ctx: Ctx): Promise<ProfileView> {
  const profile = await findProfile(ctx.db, ctx.userId);
  if (profile === null) throw new DomainError("not_found", "no such user");
  return profileView.parse(profile);
}
