import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { assert } from "@/domain/assert.ts";
import type { SepaySettings } from "./settings.ts";

/** A signature older (or from further ahead) proves who sent it, not that it is sent now. */
const SIGNATURE_SECONDS_MAX = 300;

export type WebhookProof = {
  readonly scheme: SepaySettings["scheme"];
  /** When SePay signed it, by its own word; null where the scheme does not say. */
  readonly signedAt: Date | null;
};

export type WebhookRefusal =
  "signature_missing" | "signature_malformed" | "signature_wrong" | "key_missing" | "key_wrong";

/**
 * Says whether SePay sent these very bytes: HMAC-SHA256 in hexadecimal over
 * `X-SePay-Timestamp` + "." + body, or `Authorization: Apikey …`, whichever one is set up. The age
 * of a signature is not judged here. Source: SePay's webhook pages, payments reference 1.2.
 */
export function verifyWebhook(
  headers: Headers,
  body: Uint8Array,
  settings: Pick<SepaySettings, "scheme" | "secret">,
): WebhookProof | WebhookRefusal {
  // Settings never give a blank one; a door that lost its key must not open by itself.
  assert(settings.secret !== "", "a webhook's secret is not empty");
  return settings.scheme === "hmac"
    ? verifySignature(headers, body, settings.secret)
    : verifyKey(headers, settings.secret);
}

/** Whether a proof is too old, or from too far ahead, to say that it is sent now. */
export function isStaleProof({ signedAt }: Pick<WebhookProof, "signedAt">, now: Date): boolean {
  if (signedAt === null) return false;
  return Math.abs(now.getTime() - signedAt.getTime()) > SIGNATURE_SECONDS_MAX * 1000;
}

function verifySignature(
  headers: Headers,
  body: Uint8Array,
  secret: string,
): WebhookProof | WebhookRefusal {
  const given = headers.get("x-sepay-signature");
  const timestamp = headers.get("x-sepay-timestamp");
  if (given === null || timestamp === null) return "signature_missing";
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(given)?.[1];
  if (hex === undefined || !/^[0-9]{1,12}$/.test(timestamp)) return "signature_malformed";
  const right = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex");
  if (!isSameSecret(hex.toLowerCase(), right)) return "signature_wrong";
  return { scheme: "hmac", signedAt: new Date(Number(timestamp) * 1000) };
}

function verifyKey(headers: Headers, key: string): WebhookProof | WebhookRefusal {
  const given = headers.get("authorization");
  if (given === null) return "key_missing";
  const written = /^Apikey (.+)$/i.exec(given)?.[1] ?? "";
  return isSameSecret(written, key) ? { scheme: "api_key", signedAt: null } : "key_wrong";
}

/** Compares hashes: of equal length, in equal time, whatever was given. */
export function isSameSecret(given: string, right: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(right));
}
