import { paymentWebhookDoor } from "@/api/doors/payment-webhook.ts";

export const dynamic = "force-dynamic";

export function POST(request: Request): Promise<Response> {
  return paymentWebhookDoor(request, "stripe");
}
