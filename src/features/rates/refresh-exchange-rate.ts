import { randomUUID } from "node:crypto";
import { formatVndPerUsd, isRateJump } from "@/domain/pricing/exchange-rate.ts";
import { dayOf } from "@/domain/time/vietnam-time.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import { proposeChange } from "@/features/approvals/propose-change.ts";
import { withdrawProposals } from "@/features/approvals/withdraw-proposals.ts";
import type { Db } from "@/server/db/client.ts";
import { writeAhead, type VersionStart } from "@/server/db/version-start.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { quoteRate, type AskedSource } from "./quote-rate.ts";
import { rateSources, type RateSource } from "./rate-sources.ts";
import { RATE_JUMP_ALERT, tellRateAge } from "./tell-rate-age.ts";
import { changeRate } from "./set-exchange-rate.ts";
import { confirmRate, findLastRate, lockRates, readNow } from "./store.ts";

const TIMEOUT_MS = 10_000;

export type RateRefresh = {
  /**
   * `applied`: a new version holds; `unchanged`: the source confirms the one that holds; `jump`: it
   * waits for a person; `unavailable`: no source names a rate, the last one stays.
   */
  readonly outcome: "applied" | "unchanged" | "jump" | "unavailable";
  readonly source: RateSource["id"] | null;
  readonly rateMilliVnd: bigint | null;
  /** What was wrong with the sources asked before. */
  readonly problems: readonly { readonly source: string; readonly problem: string }[];
};

type Options = {
  /** Other addresses, for tests. */
  readonly sources?: readonly RateSource[];
  /** For each source; head and body. */
  readonly timeoutMs?: number;
};

type Quoted = Extract<AskedSource, { kind: "quoted" }>;

/**
 * Asks the sources in their order what a dollar costs; the first that names a plausible rate
 * decides. Equal to the last: confirmed, no new row. Within 5 % of it: a new version from now on.
 * Further off: nothing is applied, one approval per day and value, ops are told. Nobody answers:
 * the last rate stays, and ops are told once it was confirmed by nobody for 48 hours. Repeatable.
 */
export async function refreshExchangeRate(db: Db, options: Options = {}): Promise<RateRefresh> {
  const { sources = rateSources, timeoutMs = TIMEOUT_MS } = options;
  const now = await readNow(db);
  const problems: { source: string; problem: string }[] = [];
  let quoted: Quoted | null = null;
  for (const source of sources) {
    const asked = await quoteRate(source, { now, timeoutMs });
    await tellImplausible(db, asked);
    if (asked.kind === "quoted") {
      quoted = asked;
      break;
    }
    problems.push({ source: asked.source, problem: asked.problem });
  }
  const outcome = quoted === null ? "unavailable" : await takeQuote(db, quoted);
  await tellRateAge(db, await readNow(db));
  return {
    outcome,
    source: quoted?.source ?? null,
    rateMilliVnd: quoted?.quote.rateMilliVnd ?? null,
    problems,
  };
}

/** A rate no dollar has means that a feed is broken or forged: that is told at once. */
async function tellImplausible(db: Db, asked: AskedSource): Promise<void> {
  const dedupeKey = `rate_refused:implausible:${asked.source}`;
  if (asked.kind === "quoted") return resolveOpsAlert(db, dedupeKey);
  if (asked.kind === "silent") return;
  const payload = { source: asked.source, problem: asked.problem };
  await raiseOpsAlert(db, { kind: "rate_refused", dedupeKey, payload });
}

async function takeQuote(db: Db, quoted: Quoted): Promise<"applied" | "unchanged" | "jump"> {
  const { outcome } = await writeAhead(db, (headStartMs) => {
    return db.transaction((tx) => writeQuote(db, tx, { ...quoted, headStartMs }));
  });
  return outcome;
}

async function writeQuote(
  db: Db,
  tx: Queryable,
  { source, quote, headStartMs }: Quoted & { readonly headStartMs: number },
): Promise<{ start: VersionStart | null; outcome: "applied" | "unchanged" | "jump" }> {
  const requestId = randomUUID();
  await lockRates(tx);
  const now = await readNow(db);
  const last = await findLastRate(tx, now);
  if (last !== null && isRateJump(quote.rateMilliVnd, last.rateMilliVnd)) {
    await proposeJump(tx, { source, quote, now, lastMilliVnd: last.rateMilliVnd });
    return { start: null, outcome: "jump" };
  }
  await confirmRate(tx, source);
  const rest = { kind: "exchange_rate", exceptId: null, actor: "job", requestId } as const;
  await withdrawProposals(tx, rest);
  await resolveOpsAlert(tx, RATE_JUMP_ALERT);
  const { start, isChanged } = await changeRate(db, tx, {
    rateMilliVnd: quote.rateMilliVnd,
    from: null,
    headStartMs,
    source,
    approvedBy: null,
    actor: "job",
    reason: `quoted ${quote.quotedAt?.toISOString() ?? "today"}`,
    requestId,
  });
  return { start, outcome: isChanged ? "applied" : "unchanged" };
}

async function proposeJump(
  tx: Queryable,
  jump: Pick<Quoted, "source" | "quote"> & { readonly now: Date; readonly lastMilliVnd: bigint },
): Promise<void> {
  const { source, quote, lastMilliVnd } = jump;
  const shown = {
    vndPerUsd: formatVndPerUsd(quote.rateMilliVnd),
    lastVndPerUsd: formatVndPerUsd(lastMilliVnd),
  };
  const { approval } = await proposeChange(tx, {
    kind: "exchange_rate",
    dedupeKey: `exchange_rate:${dayOf(jump.now)}:${quote.rateMilliVnd.toString()}`,
    payload: {
      rateMilliVnd: quote.rateMilliVnd.toString(),
      source,
      quotedAt: quote.quotedAt?.toISOString() ?? null,
      ...shown,
    },
  });
  if (approval.state !== "pending") return;
  await raiseOpsAlert(tx, {
    kind: "rate_refused",
    dedupeKey: RATE_JUMP_ALERT,
    payload: { approvalId: approval.id, source, ...shown },
  });
}
