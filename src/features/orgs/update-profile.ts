import type { Ctx } from "@/server/ctx.ts";
import { getProfile } from "./get-profile.ts";
import type { ProfileView, UpdateProfileInput } from "./schema.ts";
import { updateProfileRow } from "./store.ts";

/** Changes the person's own name or language; nothing else of the row can be reached from here. */
export async function updateProfile(ctx: Ctx, input: UpdateProfileInput): Promise<ProfileView> {
  await updateProfileRow(ctx.db, ctx.userId, {
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(input.locale === undefined ? {} : { locale: input.locale }),
  });
  return getProfile(ctx);
}
