import { metricsDoor } from "@/api/doors/metrics.ts";

export const dynamic = "force-dynamic";

export function GET(request: Request): Promise<Response> {
  return metricsDoor(request);
}
