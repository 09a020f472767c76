import { env, type Env } from "@/server/env.ts";

export type SepaySettings = {
  /** How a delivery proves that SePay sent it; only this one scheme is taken. */
  readonly scheme: "hmac" | "api_key";
  readonly secret: string;
  /** Our accounts and virtual accounts; the first one stands on the QR code. */
  readonly accounts: readonly string[];
};

type SettingsUsed = Pick<Env, "SEPAY_WEBHOOK_SECRET" | "SEPAY_API_KEY" | "SEPAY_ACCOUNT_NUMBER">;

/**
 * How SePay's webhook is set up. With a signing secret the API key is not taken beside it: who
 * learns the weaker one could choose it. @returns null without a secret: then the door is closed.
 */
export function sepaySettings(settings: SettingsUsed = env()): SepaySettings | null {
  const { SEPAY_WEBHOOK_SECRET, SEPAY_API_KEY, SEPAY_ACCOUNT_NUMBER: accounts } = settings;
  if (SEPAY_WEBHOOK_SECRET !== undefined) {
    return { scheme: "hmac", secret: SEPAY_WEBHOOK_SECRET, accounts };
  }
  if (SEPAY_API_KEY !== undefined) return { scheme: "api_key", secret: SEPAY_API_KEY, accounts };
  return null;
}
