import { createHash, timingSafeEqual } from "node:crypto";
import { listOpenAlerts } from "@/features/alerts/list-open-alerts.ts";
import { getQueueState } from "@/features/jobs/get-queue-state.ts";
import { invariants } from "@/features/ledger/invariants.ts";
import { violationAlertKey } from "@/features/ledger/watch-invariants.ts";
import { db, type Db } from "@/server/db/client.ts";
import { env } from "@/server/env.ts";
import { renderMetrics, type SharedFigures } from "@/server/metrics.ts";

export type MetricsParts = { readonly db: Db; readonly token: string | undefined };

/**
 * `GET /api/metrics` for Prometheus, with `Authorization: Bearer METRICS_TOKEN`; without that
 * setting the door does not exist (404). Figures of the books and the queue come from the database
 * and are the same on every process; when it does not answer they are missing and `database_up` is
 * 0.
 */
export async function metricsDoor(
  request: Request,
  parts: MetricsParts = { db: db(), token: env().METRICS_TOKEN },
): Promise<Response> {
  if (parts.token === undefined) return new Response("not found", { status: 404 });
  if (!isAuthorised(request, parts.token)) {
    const headers = { "www-authenticate": "Bearer" };
    return new Response("METRICS_TOKEN is asked for", { status: 401, headers });
  }
  const { body, contentType } = await renderMetrics(await readShared(parts.db));
  return new Response(body, {
    headers: { "content-type": contentType, "cache-control": "no-store" },
  });
}

/** Compares hashes: of equal length, in equal time. */
function isAuthorised(request: Request, token: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const given = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  return timingSafeEqual(hash(given), hash(token));
}

async function readShared(pool: Db): Promise<SharedFigures | null> {
  try {
    const [alerts, queue] = await Promise.all([listOpenAlerts(pool), getQueueState(pool)]);
    const rowsOf = new Map(alerts.map((alert) => [alert.dedupeKey, alert.rows ?? 1]));
    const violating = (id: string) =>
      Math.max(
        rowsOf.get(violationAlertKey(id, "lately")) ?? 0,
        rowsOf.get(violationAlertKey(id, "ever")) ?? 0,
      );
    const counts = new Map<string, number>();
    for (const { kind } of alerts) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return {
      violations: new Map(invariants.map(({ id }) => [id, violating(id)])),
      openAlerts: counts,
      oldestDueSeconds: queue.oldestDueSeconds,
      lastSweepSeconds: queue.lastSweepSeconds,
    };
  } catch {
    return null;
  }
}
