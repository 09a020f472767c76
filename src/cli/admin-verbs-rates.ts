import { randomUUID } from "node:crypto";
import { z } from "zod";
import { formatVndPerUsd } from "@/domain/pricing/exchange-rate.ts";
import { getApproval } from "@/features/approvals/get-approval.ts";
import { listApprovals } from "@/features/approvals/list-approvals.ts";
import { applyApprovedCatalogue } from "@/features/models/apply-approved-catalogue.ts";
import { proposeCatalogueChanges } from "@/features/models/propose-catalogue-changes.ts";
import { applyApprovedRate } from "@/features/rates/apply-approved-rate.ts";
import { refreshExchangeRate } from "@/features/rates/refresh-exchange-rate.ts";
import { setRateInput } from "@/features/rates/schema.ts";
import { setExchangeRate } from "@/features/rates/set-exchange-rate.ts";
import type { Db } from "@/server/db/client.ts";
import { ADMIN_ACTOR, type Verb } from "./admin-verb.ts";

/** An instant from which something holds; null = now. */
export const fromFlag = z.iso
  .datetime({ offset: true, message: "is an ISO instant" })
  .transform((text) => new Date(text))
  .optional();

const setRateVerb: Verb = async (db, { values }) => {
  const flags = z.strictObject({ "vnd-per-usd": z.string(), from: fromFlag }).parse(values);
  const { "vnd-per-usd": rateMilliVnd } = z
    .object({ "vnd-per-usd": setRateInput.shape.vndPerUsd })
    .parse(flags);
  const { start, isChanged } = await setExchangeRate(db, {
    rateMilliVnd,
    from: flags.from ?? null,
    source: `set by ${ADMIN_ACTOR}`,
    approvedBy: ADMIN_ACTOR,
    actor: ADMIN_ACTOR,
    reason: "operator",
    requestId: randomUUID(),
  });
  const vndPerUsd = formatVndPerUsd(rateMilliVnd);
  return { vndPerUsd, validFrom: start.at.toISOString(), isChanged };
};

const fetchRateVerb: Verb = async (db, { values }) => {
  z.strictObject({}).parse(values);
  const { rateMilliVnd, ...rest } = await refreshExchangeRate(db);
  return { ...rest, vndPerUsd: rateMilliVnd === null ? null : formatVndPerUsd(rateMilliVnd) };
};

const listApprovalsVerb: Verb = async (db, { values }) => {
  const { state } = z
    .strictObject({ state: z.enum(["pending", "approved", "rejected", "all"]).default("pending") })
    .parse(values);
  return { approvals: await listApprovals(db, state === "all" ? null : state) };
};

type Word = { readonly id: string; readonly isApproved: boolean; readonly reason: string };

/** The feature that proposed a change carries out the word on it. */
async function decide(db: Db, word: Word, overwriteHandSet: boolean): Promise<object> {
  const { kind } = await getApproval(db, word.id);
  const decision = { ...word, actor: ADMIN_ACTOR, requestId: randomUUID() };
  if (kind === "exchange_rate") return applyApprovedRate(db, decision);
  return applyApprovedCatalogue(db, { ...decision, overwriteHandSet });
}

const approveVerb: Verb = async (db, { values }) => {
  const flags = z
    .strictObject({
      id: z.uuid(),
      reason: z.string().max(500).default("operator"),
      "overwrite-hand-set": z.boolean().default(false),
    })
    .parse(values);
  const word = { id: flags.id, isApproved: true, reason: flags.reason };
  return {
    id: flags.id,
    state: "approved",
    ...(await decide(db, word, flags["overwrite-hand-set"])),
  };
};

const rejectVerb: Verb = async (db, { values }) => {
  const flags = z.strictObject({ id: z.uuid(), reason: z.string().min(1).max(500) }).parse(values);
  await decide(db, { id: flags.id, isApproved: false, reason: flags.reason }, false);
  return { id: flags.id, state: "rejected" };
};

const proposeCatalogueVerb: Verb = async (db, { values }) => {
  z.strictObject({}).parse(values);
  return proposeCatalogueChanges(db);
};

/** The verbs of `npm run admin` about what things cost us, and the changes that wait for a word. */
export const rateVerbs: Readonly<Record<string, Verb>> = {
  "set-rate": setRateVerb,
  "fetch-rate": fetchRateVerb,
  "list-approvals": listApprovalsVerb,
  approve: approveVerb,
  reject: rejectVerb,
  "propose-catalogue": proposeCatalogueVerb,
};
