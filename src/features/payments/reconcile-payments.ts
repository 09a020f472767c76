import { dayOf } from "@/domain/time/vietnam-time.ts";
import { raiseOpsAlert } from "@/features/alerts/raise-ops-alert.ts";
import { resolveOpsAlert } from "@/features/alerts/resolve-ops-alert.ts";
import type { Db } from "@/server/db/client.ts";
import { databaseErrorCode } from "@/server/db/database-errors.ts";
import { readNow } from "@/server/db/read-now.ts";
import { env } from "@/server/env.ts";
import { log } from "@/server/log.ts";
import {
  listTransactions,
  type BankTransaction,
  type TransactionSource,
} from "@/server/sepay/list-transactions.ts";
import { applyPayment } from "./apply-payment.ts";
import { recordBankLine, type RecordedLine } from "./record-bank-line.ts";
import { confirmListRead, findKnownLines } from "./store-lines.ts";

/** Each run reads these days again: a bank books late, and runs may have been missed. */
const DAYS_BACK = 3;
const DAY_MS = 86_400_000;
/** After so many lines that could not be stored it is the database, not the lines. */
const FAILURES_MAX = 10;
const UNREADABLE_ALERT = "webhook_unmatched:bank_list";

export type Reconciliation = {
  /** `off`: no token is set. */
  readonly outcome: "read" | "off";
  readonly lines: number;
  /** New lines by what became of them; `known` ones are not looked at again. */
  readonly joined: number;
  readonly missed: number;
  /** Rows of a shape we do not know: ops are told. */
  readonly unreadable: number;
};

type Options = {
  /** The list, for tests; else what the settings say. null: none. */
  readonly source?: TransactionSource | null;
  /** Our accounts; else those of the settings. */
  readonly accounts?: readonly string[];
  /** 1 to 62: older transfers are not applied by themselves. */
  readonly daysBack?: number;
};

type Counts = { lines: number; joined: number; missed: number; unreadable: number };

/**
 * Reads the last three days of SePay's transaction list and applies, by the same verb as the
 * webhook, what no webhook told of; payments that waited with a stale signature are believed when
 * the list has them. Repeatable, also at once; a late webhook then changes nothing. Without a token
 * it does nothing.
 * @throws TransactionListError when the list cannot be read (what was read is kept), or an Error
 * with the database's codes when lines could not be stored, after the others.
 */
export async function reconcilePayments(db: Db, options: Options = {}): Promise<Reconciliation> {
  const source = options.source === undefined ? sourceOfSettings() : options.source;
  const counts: Counts = { lines: 0, joined: 0, missed: 0, unreadable: 0 };
  if (source === null) return { outcome: "off", ...counts };
  const accounts = options.accounts ?? env().SEPAY_ACCOUNT_NUMBER;
  const fromDay = firstDay(await readNow(db), options.daysBack ?? DAYS_BACK);
  const failures: string[] = [];
  for await (const page of listTransactions(source, fromDay)) {
    counts.unreadable += page.unreadable;
    const known = await findKnownLines(
      db,
      page.transactions.map(({ id }) => id),
    );
    for (const line of page.transactions) {
      counts.lines += 1;
      if (known.has(line.id)) continue;
      await takeLine(db, line, { accounts, counts, failures });
    }
  }
  await tellUnreadable(db, counts.unreadable);
  if (failures.length > 0) throw notRecorded(failures);
  await confirmListRead(db, fromDay);
  return { outcome: "read", ...counts };
}

function sourceOfSettings(): TransactionSource | null {
  const { SEPAY_API_TOKEN: token, SEPAY_API_BASE_URL: baseUrl } = env();
  return token === undefined ? null : { token, baseUrl };
}

function firstDay(now: Date, daysBack: number): string {
  return dayOf(new Date(now.getTime() - daysBack * DAY_MS));
}

async function takeLine(
  db: Db,
  line: BankTransaction,
  run: {
    readonly accounts: readonly string[];
    readonly counts: Counts;
    readonly failures: string[];
  },
): Promise<void> {
  try {
    const recorded = await recordBankLine(db, line, run.accounts);
    if (recorded.outcome === "joined") run.counts.joined += 1;
    if (recorded.outcome === "missed") run.counts.missed += 1;
    await applyRecorded(db, recorded);
  } catch (error) {
    // The error of a statement holds its parameters, and those hold people's words.
    const code = databaseErrorCode(error) ?? "unknown";
    log().error({ code, bankLineId: line.id }, "a line of the bank's list was not recorded");
    run.failures.push(code);
    if (run.failures.length >= FAILURES_MAX) throw notRecorded(run.failures);
  }
}

function notRecorded(codes: readonly string[]): Error {
  return new Error(
    `${codes.length} lines of the bank's list were not recorded: ${[...new Set(codes)].join(", ")}`,
  );
}

/** At once; where that fails, the job that was added with the payment does it. */
async function applyRecorded(db: Db, { paymentId }: RecordedLine): Promise<void> {
  if (paymentId === null) return;
  await applyPayment(db, paymentId).catch((error: unknown) => {
    log().warn(
      { code: databaseErrorCode(error) ?? "unknown", paymentId },
      "a listed payment waits for its job",
    );
  });
}

async function tellUnreadable(db: Db, unreadable: number): Promise<void> {
  if (unreadable === 0) return resolveOpsAlert(db, UNREADABLE_ALERT);
  const payload = { unreadable };
  await raiseOpsAlert(db, { kind: "webhook_unmatched", dedupeKey: UNREADABLE_ALERT, payload });
}
