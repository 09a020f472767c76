import { paymentProviders } from "@/server/payment-providers/providers.ts";
import { checkoutProviders, type CheckoutProvider } from "./schema.ts";

/** The configured providers that have a payment page of their own; none: there is only our QR. */
export function listCheckouts(providers = paymentProviders()): CheckoutProvider[] {
  return checkoutProviders.filter((id) => providers.get(id)?.openCheckout !== undefined);
}
