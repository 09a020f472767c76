import { makeSepayProvider } from "@/server/payment-providers/sepay.ts";
import type { SepaySettings } from "@/server/sepay/settings.ts";
import { paymentWebhookDoor, type PaymentDoorParts } from "./payment-webhook.ts";

/** What tests bring. */
export type SepayDoorParts = Omit<PaymentDoorParts, "provider"> & {
  /** null: not configured. */
  readonly settings?: SepaySettings | null;
};

/** `POST /api/payment/sepay/webhook`: SePay tells of a transfer to an account of ours. */
export function sepayWebhookDoor(request: Request, parts: SepayDoorParts = {}): Promise<Response> {
  const { settings, ...rest } = parts;
  if (settings === undefined) return paymentWebhookDoor(request, "sepay", rest);
  const provider = settings === null ? null : makeSepayProvider(settings);
  return paymentWebhookDoor(request, "sepay", { ...rest, provider });
}
