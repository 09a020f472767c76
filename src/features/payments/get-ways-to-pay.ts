import { DomainError } from "@/domain/errors.ts";
import { env } from "@/server/env.ts";
import { paymentProviders } from "@/server/payment-providers/providers.ts";
import { takesTransfers, type TransferSettings } from "./describe-transfer.ts";
import { checkoutProviders, type WaysToPayView } from "./schema.ts";

type Known = {
  readonly settings: TransferSettings;
  readonly providers: Pick<ReturnType<typeof paymentProviders>, "get">;
};

const configured = (): Known => ({ settings: env(), providers: paymentProviders() });

/** How money can come: our QR, and the configured providers that have a payment page of their own. */
export function getWaysToPay({ settings, providers }: Known = configured()): WaysToPayView {
  return {
    isTransferOpen: takesTransfers(settings),
    checkouts: checkoutProviders.filter((id) => providers.get(id)?.openCheckout !== undefined),
  };
}

/** @throws DomainError `provider_not_configured` while money could come by none. */
export function expectWayToPay(): void {
  const { isTransferOpen, checkouts } = getWaysToPay();
  if (isTransferOpen || checkouts.length > 0) return;
  throw new DomainError("provider_not_configured", "no way to pay is configured");
}
