import { z } from "zod";
import { cleanText } from "@/domain/text/clean-text.ts";

/** The signed-in person as the shell needs it. */
export const profileView = z.object({
  userId: z.string(),
  email: z.string().nullable(),
  name: z.string(),
  role: z.enum(["user", "finance", "ops", "admin"]),
  locale: z.enum(["vi", "en"]),
  isEmailVerified: z.boolean(),
});
export type ProfileView = z.output<typeof profileView>;

export const updateProfileInput = z
  .strictObject({
    locale: z.enum(["vi", "en"]),
    name: z.string().trim().min(1).max(80).transform(cleanText),
  })
  .partial();
export type UpdateProfileInput = z.output<typeof updateProfileInput>;

/** What a member may spend in a budget period; null = no cap. The same bounds as a budget's. */
export const memberCapMicroVnd = z.bigint().min(0n).max(1_000_000_000_000_000_000n).nullable();
