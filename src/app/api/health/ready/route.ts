import { readyDoor } from "@/api/doors/health.ts";

export const dynamic = "force-dynamic";

export function GET(): Promise<Response> {
  return readyDoor();
}
