import { sepayWebhookDoor } from "@/api/doors/sepay-webhook.ts";

export const dynamic = "force-dynamic";

export function POST(request: Request): Promise<Response> {
  return sepayWebhookDoor(request);
}
