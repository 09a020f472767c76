import { env, type Env } from "@/server/env.ts";
import { sepaySettings } from "@/server/sepay/settings.ts";
import type { PaymentProvider, PaymentProviderId } from "./payment-provider.ts";
import { makePayosProvider } from "./payos.ts";
import { makeSepayGatewayProvider } from "./sepay-gateway.ts";
import { makeSepayProvider } from "./sepay.ts";
import { makeStripeProvider } from "./stripe.ts";

type SettingsUsed = Pick<
  Env,
  | "SEPAY_WEBHOOK_SECRET"
  | "SEPAY_API_KEY"
  | "SEPAY_ACCOUNT_NUMBER"
  | "SEPAY_GATEWAY_SECRET"
  | "PAYOS_CLIENT_ID"
  | "PAYOS_API_KEY"
  | "PAYOS_CHECKSUM_KEY"
  | "STRIPE_SECRET_KEY"
  | "STRIPE_WEBHOOK_SECRET"
>;

type Providers = ReadonlyMap<PaymentProviderId, PaymentProvider>;

const made = new WeakMap<SettingsUsed, Providers>();

/**
 * The payment providers that are configured: each needs all of its settings, and with one missing
 * it is not there at all. Made once per settings.
 */
export function paymentProviders(settings: SettingsUsed = env()): Providers {
  const known = made.get(settings);
  if (known !== undefined) return known;
  const configured = [sepay, sepayGateway, payos, stripe].flatMap((make) => make(settings) ?? []);
  const providers = new Map(configured.map((provider) => [provider.id, provider]));
  made.set(settings, providers);
  return providers;
}

function sepay(settings: SettingsUsed): PaymentProvider | null {
  const found = sepaySettings(settings);
  return found === null ? null : makeSepayProvider(found);
}

function sepayGateway({ SEPAY_GATEWAY_SECRET: secret }: SettingsUsed): PaymentProvider | null {
  return secret === undefined ? null : makeSepayGatewayProvider({ secret });
}

function payos(settings: SettingsUsed): PaymentProvider | null {
  const {
    PAYOS_CLIENT_ID: clientId,
    PAYOS_API_KEY: apiKey,
    PAYOS_CHECKSUM_KEY: checksumKey,
  } = settings;
  if (clientId === undefined || apiKey === undefined || checksumKey === undefined) return null;
  return makePayosProvider({ clientId, apiKey, checksumKey });
}

function stripe(settings: SettingsUsed): PaymentProvider | null {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = settings;
  if (secretKey === undefined || webhookSecret === undefined) return null;
  return makeStripeProvider({ secretKey, webhookSecret });
}
