import { env } from "@/server/env.ts";
import { canSendMail } from "@/server/mail/send-mail.ts";

/**
 * Which sign-in the pages show. `isMailOpen`: sign-up and reset work only where a link can reach
 * its reader.
 */
export type IdentityMode =
  | { readonly kind: "built-in"; readonly isMailOpen: boolean }
  | { readonly kind: "clerk"; readonly publishableKey: string };

/** Read at run time, so one build serves both modes. */
export function identityMode(): IdentityMode {
  const settings = env();
  if (settings.identity === "clerk") {
    return { kind: "clerk", publishableKey: settings.CLERK_PUBLISHABLE_KEY ?? "" };
  }
  return { kind: "built-in", isMailOpen: canSendMail(settings) };
}
