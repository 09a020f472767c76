import { randomUUID } from "node:crypto";
import { z } from "zod";
import { rebuildCounters } from "@/features/ledger/rebuild-counters.ts";
import { ADMIN_ACTOR, type Verb } from "./admin-verb.ts";

const rebuildCountersVerb: Verb = async (db, { values }) => {
  const { reason } = z.strictObject({ reason: z.string().min(1).max(500) }).parse(values);
  const rebuilt = await rebuildCounters(db, {
    ...{ actor: ADMIN_ACTOR, reason, requestId: randomUUID() },
  });
  return { rebuilt };
};

/** The verbs of `npm run admin` for the books. */
export const ledgerVerbs: Readonly<Record<string, Verb>> = {
  "rebuild-counters": rebuildCountersVerb,
};
