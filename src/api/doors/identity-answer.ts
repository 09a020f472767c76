import { createTranslator } from "next-intl";
import { DomainError, type DomainErrorCode } from "@/domain/errors.ts";
import en from "@/messages/en.json";
import vi from "@/messages/vi.json";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "@/server/auth.ts";
import type { Locale } from "@/server/ctx.ts";
import { errorMap } from "@/server/error-map.ts";

const catalogues = { vi: { auth: vi.auth }, en: { auth: en.auth } };

type ErrorText = keyof typeof vi.auth.errors;

/** The library's refusals in our codes, each with its own sentence. */
const libraryRefusals: Readonly<Record<string, readonly [DomainErrorCode, ErrorText]>> = {
  USER_ALREADY_EXISTS: ["state_conflict", "email_taken"],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ["state_conflict", "email_taken"],
  FAILED_TO_CREATE_USER: ["state_conflict", "email_taken"],
  INVALID_EMAIL_OR_PASSWORD: ["unauthenticated", "wrong_credentials"],
  PASSWORD_TOO_SHORT: ["invalid_input", "password_length"],
  PASSWORD_TOO_LONG: ["invalid_input", "password_length"],
  INVALID_TOKEN: ["invalid_input", "link_invalid"],
  TOKEN_EXPIRED: ["invalid_input", "link_invalid"],
  USER_NOT_FOUND: ["invalid_input", "link_invalid"],
  EMAIL_ALREADY_VERIFIED: ["state_conflict", "already_verified"],
  EMAIL_MISMATCH: ["forbidden", "not_your_email"],
  FAILED_TO_CREATE_SESSION: ["forbidden", "account_closed"],
};

/** The codes the door itself refuses with; each has a sentence under its own name. */
const ownRefusals: ReadonlyMap<DomainErrorCode, ErrorText> = new Map([
  // The same advice: nothing happened, come back in a moment.
  ["overloaded", "database_unavailable"] as const,
  ...(
    [
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
    ] as const
  ).map((code) => [code, code] as const),
]);

type Asker = { readonly locale: Locale; readonly requestId: string };

/**
 * A refusal with its sentence in the asker's language. Unexpected errors say nothing but the
 * request's id.
 */
export function identityRefusal(error: unknown, asker: Asker): Response {
  if (!(error instanceof DomainError))
    return refusal(asker, { code: "internal", text: "internal", status: 500 });
  const text = ownRefusals.get(error.code) ?? "invalid_input";
  const { retryAfterSeconds } = error.details;
  return refusal(asker, {
    code: error.code,
    text,
    status: errorMap[error.code].status,
    retryAfterSeconds,
  });
}

/**
 * The library's answer as ours: its session token stays in the cookie and leaves the body, its
 * refusals get our codes and sentences, and nothing of it is stored on the way.
 */
export async function answerOf(response: Response, asker: Asker): Promise<Response> {
  const headers = new Headers({ "cache-control": "no-store" });
  for (const cookie of response.headers.getSetCookie()) headers.append("set-cookie", cookie);
  const location = response.headers.get("location");
  if (location !== null) {
    headers.set("location", location);
    return new Response(null, { status: 303, headers });
  }
  const body = await readObject(response);
  if (response.ok) {
    return Response.json("user" in body ? { user: body["user"] } : { status: true }, { headers });
  }
  if (response.status >= 500) throw new Error(`identity answered ${response.status}`);
  const known = libraryRefusals[String(body["code"])];
  const [code, text] = known ?? (["invalid_input", "invalid_input"] as const);
  return refusal(asker, { code, text, status: errorMap[code].status });
}

function refusal(
  { locale, requestId }: Asker,
  input: {
    readonly code: DomainErrorCode | "internal";
    readonly text: ErrorText;
    readonly status: number;
    readonly retryAfterSeconds?: number | undefined;
  },
): Response {
  const t = createTranslator({ locale, messages: catalogues[locale], namespace: "auth.errors" });
  const message = t(input.text, {
    minutes: Math.max(1, Math.ceil((input.retryAfterSeconds ?? 60) / 60)),
    min: PASSWORD_CHARACTERS_MIN,
    max: PASSWORD_CHARACTERS_MAX,
    requestId,
  });
  const headers = new Headers({ "cache-control": "no-store", "x-request-id": requestId });
  if (input.retryAfterSeconds !== undefined)
    headers.set("retry-after", String(input.retryAfterSeconds));
  const body = { error: { code: input.code, message, reason: input.text }, requestId };
  return Response.json(body, { status: input.status, headers });
}

async function readObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await response.json().catch(() => null);
  return typeof body === "object" && body !== null ? { ...body } : {};
}
