import { liveDoor } from "@/api/doors/health.ts";

export const dynamic = "force-dynamic";

export function GET(): Response {
  return liveDoor();
}
