/** The refusals the forms have a sentence for (catalogue `auth.errors`). */
const authErrorReasons = [
  "network",
  "invalid_input",
  "unauthenticated",
  "forbidden",
  "not_found",
  "state_conflict",
  "payload_too_large",
  "unsupported_media_type",
  "rate_limited",
  "database_unavailable",
  "feature_disabled",
  "wrong_credentials",
  "email_taken",
  "password_length",
  "link_invalid",
  "already_verified",
  "not_your_email",
  "account_closed",
] as const;

/** Why it did not work; the catalogue has the sentence. */
export type AuthFailure = {
  readonly reason: (typeof authErrorReasons)[number] | "internal";
  readonly retryAfterSeconds: number;
  readonly requestId: string;
};

type AuthPath =
  | "/sign-up/email"
  | "/sign-in/email"
  | "/sign-out"
  | "/send-verification-email"
  | "/request-password-reset"
  | "/reset-password";

/** Asks the identity door. @returns null when it worked. */
export async function postIdentity(
  path: AuthPath,
  body: Readonly<Record<string, string>> = {},
): Promise<AuthFailure | null> {
  try {
    const response = await fetch(`/api/auth${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    // Read to the end even when it worked: leaving the page would count as a failed request.
    const answer: unknown = await response.json();
    if (response.ok) return null;
    const reason = field(field(answer, "error"), "reason");
    const requestId = field(answer, "requestId");
    return {
      reason: authErrorReasons.find((known) => known === reason) ?? "internal",
      retryAfterSeconds: Number(response.headers.get("retry-after") ?? 60),
      requestId: typeof requestId === "string" ? requestId : "",
    };
  } catch {
    return { reason: "network", retryAfterSeconds: 60, requestId: "" };
  }
}

/** Ends the session here, or at Clerk where its script runs, then shows the sign-in page. */
export async function signOut(): Promise<void> {
  const clerk: unknown = Reflect.get(window, "Clerk");
  const endAtClerk = field(clerk, "signOut");
  if (typeof endAtClerk === "function") await Reflect.apply(endAtClerk, clerk, []);
  else await postIdentity("/sign-out");
  window.location.assign("/sign-in");
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
