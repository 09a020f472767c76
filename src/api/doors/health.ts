import { sql } from "drizzle-orm";
import { db, type Db } from "@/server/db/client.ts";

/** `GET /api/health/live`: the process answers. */
export function liveDoor(): Response {
  return Response.json({ status: "live" }, { headers: { "cache-control": "no-store" } });
}

/**
 * `GET /api/health/ready`: the database answers and is seeded; 503 with what is missing otherwise.
 */
export async function readyDoor(pool: Db = db()): Promise<Response> {
  const database = await checkDatabase(pool);
  const isReady = database === "ok";
  return Response.json(
    { status: isReady ? "ready" : "not_ready", checks: { database } },
    { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}

async function checkDatabase(pool: Db): Promise<"ok" | "unreachable" | "unseeded"> {
  try {
    const [row] = await pool.execute<{ seeded: boolean }>(
      sql`select exists(select 1 from plans) as seeded`,
    );
    return row?.seeded === true ? "ok" : "unseeded";
  } catch {
    return "unreachable";
  }
}
