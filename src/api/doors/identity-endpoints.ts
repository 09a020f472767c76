import { z } from "zod";
import { canonicalEmail } from "@/server/canonical-email.ts";
import type { AttemptLimit } from "@/server/rate-limits.ts";

const MINUTE_MS = 60_000;

/** Attempts allowed per network address and per account. */
export type IdentityLimits = {
  readonly signUpPerAddress: AttemptLimit;
  readonly signInPerAddress: AttemptLimit;
  readonly signInPerAccount: AttemptLimit;
  readonly mailPerAddress: AttemptLimit;
  readonly mailPerAccount: AttemptLimit;
  readonly linkPerAddress: AttemptLimit;
};

/** Generous per address, for many people share one behind a carrier; strict per account. */
export const identityLimits: IdentityLimits = {
  signUpPerAddress: { countMax: 30, windowMs: 60 * MINUTE_MS },
  signInPerAddress: { countMax: 100, windowMs: 10 * MINUTE_MS },
  signInPerAccount: { countMax: 10, windowMs: 5 * MINUTE_MS },
  mailPerAddress: { countMax: 20, windowMs: 60 * MINUTE_MS },
  mailPerAccount: { countMax: 5, windowMs: 60 * MINUTE_MS },
  linkPerAddress: { countMax: 60, windowMs: 10 * MINUTE_MS },
};

/** What the database and mail headers can hold: no control characters, no lone surrogates. */
const line = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .refine(
      (text) => !/\p{Cc}/u.test(text) && text.isWellFormed(),
      "holds characters that cannot be kept",
    );

const email = z.string().transform((text, issue) => {
  const canonical = canonicalEmail(text);
  if (canonical === null) issue.addIssue("is not an e-mail address");
  return canonical ?? z.NEVER;
});

const password = line(1_000).min(1);

const signUp = z
  .object({ email, password, name: line(80).trim().optional() })
  .transform((body) => ({ ...body, name: body.name || (body.email.split("@")[0] ?? "") }));
const signIn = z.object({ email, password });
const sendLink = z.object({ email });
const reset = z.object({ token: line(200).min(1), newPassword: password });

type Endpoint = {
  readonly body: z.ZodType<Record<string, unknown>> | null;
  readonly perAddress: keyof IdentityLimits | null;
  readonly perAccount: keyof IdentityLimits | null;
  readonly needsMail: boolean;
};

/**
 * All that is open of the library: every other path of it is not found. Only the fields named here
 * reach it, so a body cannot set a role, a language or an address to go to.
 */
export const identityEndpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  [
    "POST /sign-up/email",
    { body: signUp, perAddress: "signUpPerAddress", perAccount: null, needsMail: true },
  ],
  [
    "POST /sign-in/email",
    {
      body: signIn,
      perAddress: "signInPerAddress",
      perAccount: "signInPerAccount",
      needsMail: false,
    },
  ],
  ["POST /sign-out", { body: null, perAddress: null, perAccount: null, needsMail: false }],
  [
    "POST /send-verification-email",
    { body: sendLink, perAddress: "mailPerAddress", perAccount: "mailPerAccount", needsMail: true },
  ],
  [
    "POST /request-password-reset",
    { body: sendLink, perAddress: "mailPerAddress", perAccount: "mailPerAccount", needsMail: true },
  ],
  [
    "POST /reset-password",
    { body: reset, perAddress: "linkPerAddress", perAccount: null, needsMail: false },
  ],
  [
    "GET /verify-email",
    { body: null, perAddress: "linkPerAddress", perAccount: null, needsMail: false },
  ],
]);
