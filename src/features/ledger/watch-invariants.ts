import { z } from "zod";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import type { Db } from "@/server/db/client.ts";
import { log } from "@/server/log.ts";
import { checkInvariants, type CheckOptions } from "./check-invariants.ts";
import { invariants } from "./invariants.ts";

const FIRST_ROW_CHARACTERS_MAX = 500;

const jobPayload = z.object({ scope: z.enum(["ever", "lately"]).default("lately") });

/**
 * The alert of an invariant, one by each scope: the minutely look would take back what only the
 * nightly one can see. `invariant_violations{id}` is read from the open ones.
 */
export const violationAlertKey = (id: string, scope: CheckOptions["scope"]): string =>
  scope === "ever" ? `invariant_violated:${id}:history` : `invariant_violated:${id}`;

/**
 * The look at the books, each minute and nightly over all of history: every broken invariant raises
 * its alert with how many rows break it (20 at most) and the first of them; every one that holds
 * again resolves its own. Corrects nothing.
 */
export async function watchInvariants(
  db: Db,
  payload: unknown = {},
): Promise<{ readonly violated: number }> {
  const { scope } = jobPayload.parse(payload);
  const violations = new Map((await checkInvariants(db, { scope })).map((one) => [one.id, one]));
  for (const { id, rule } of invariants) {
    const found = violations.get(id);
    const dedupeKey = violationAlertKey(id, scope);
    if (found === undefined) {
      await resolveOpsAlert(db, dedupeKey);
      continue;
    }
    const firstRow = JSON.stringify(found.rows[0] ?? {}).slice(0, FIRST_ROW_CHARACTERS_MAX);
    log().error({ invariant: id, rows: found.rows.length, firstRow }, "the books do not balance");
    await raiseOpsAlert(db, {
      kind: "invariant_violated",
      dedupeKey,
      payload: { id, rule, rows: found.rows.length, firstRow },
    });
  }
  return { violated: violations.size };
}
