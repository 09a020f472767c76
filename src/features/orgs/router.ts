import { procedure, router } from "@/server/trpc.ts";
import { getProfile } from "./get-profile.ts";
import { updateProfileInput } from "./schema.ts";
import { updateProfile } from "./update-profile.ts";

export const orgsRouter = router({
  getProfile: procedure.query(({ ctx }) => getProfile(ctx)),
  updateProfile: procedure
    .input(updateProfileInput)
    .mutation(({ ctx, input }) => updateProfile(ctx, input)),
});
