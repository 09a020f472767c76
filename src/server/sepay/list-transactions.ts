import { DelegateBackoff, handleWhen, retry } from "cockatiel";
import { z } from "zod";
import { vndToMicroVnd } from "@/domain/money/vnd.ts";
import { cleanText } from "@/domain/text/clean-text.ts";
import { vietnamInstant } from "./sepay-notice.ts";

/** A line of the account as SePay's list has it (API v2), in our units. */
export type BankTransaction = {
  /** The list's own id, a UUID; not the webhook's number. */
  readonly id: string;
  readonly direction: "in" | "out";
  /** Micro-VND, never negative. */
  readonly amountMicroVnd: bigint;
  readonly accountNumber: string;
  readonly subAccount: string;
  readonly content: string;
  readonly code: string | null;
  readonly referenceCode: string;
  readonly occurredAt: Date;
  /** The row as it came. */
  readonly raw: Readonly<Record<string, unknown>>;
};

/** One page of the list; `unreadable` counts rows whose shape we do not know. */
export type TransactionPage = {
  readonly transactions: readonly BankTransaction[];
  readonly unreadable: number;
};

export type TransactionSource = {
  /** With or without its `/v2`. */
  readonly baseUrl: string;
  readonly token: string;
  /** For each page, head and body. */
  readonly timeoutMs?: number;
  /** The wait before the first repeat; each further one waits twice as long. */
  readonly backoffMs?: number;
};

/** The most the API gives at once. */
const PAGE_SIZE = 100;
/** A list without end is a fault: this is 50,000 transfers of a few days. */
const PAGES_MAX = 500;
/** A hundred rows are some 100 KB. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
const BACKOFF_MS = 500;
const REPEATS_MAX = 4;
/** SePay allows 2 or 3 requests a second, so what it asks for is seconds. */
const RETRY_AFTER_MS_MAX = 60_000;

/** What fits the database's 64 bits in micro-VND; no bank moves nine million millions at once. */
const AMOUNT_VND_MAX = 9_000_000_000_000;

const amount = z.number().int().nonnegative().max(AMOUNT_VND_MAX);
const text = z.string().nullish();

const row = z.looseObject({
  id: z.string().min(1).max(100),
  transaction_date: z.string(),
  account_number: z.string().max(100),
  va: text,
  transfer_type: z.enum(["in", "out"]),
  amount_in: amount,
  amount_out: amount,
  transaction_content: text,
  reference_number: text,
  code: text,
});

const answer = z.looseObject({
  data: z.array(z.unknown()),
  meta: z.looseObject({ pagination: z.looseObject({ has_more: z.boolean() }) }),
});

/** Why the list could not be read; never with a token or a body in it. */
export class TransactionListError extends Error {
  readonly isPassing: boolean;
  readonly retryAfterMs: number;

  constructor(problem: string, passing: { isPassing: boolean; retryAfterMs?: number }) {
    super(`SePay's transaction list: ${problem}`);
    this.name = "TransactionListError";
    this.isPassing = passing.isPassing;
    this.retryAfterMs = passing.retryAfterMs ?? 0;
  }
}

/**
 * Reads the list from a Vietnamese day (`YYYY-MM-DD`, whole) on, oldest first, page by page. What is
 * added meanwhile comes at the end; a row that slips in before what was read is found by the next
 * run, whose days overlap. Time-outs, 5xx and 429 are repeated four times, after what `Retry-After`
 * says.
 * @throws TransactionListError when the list cannot be read.
 */
export async function* listTransactions(
  source: TransactionSource,
  fromDay: string,
): AsyncGenerator<TransactionPage> {
  const policy = retry(
    handleWhen((error) => error instanceof TransactionListError && error.isPassing),
    { maxAttempts: REPEATS_MAX, backoff: backoffOf(source.backoffMs ?? BACKOFF_MS) },
  );
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const { data, meta } = await policy.execute(() => fetchPage(source, { fromDay, page }));
    const read = data.map(readRow);
    const transactions = read.filter((one) => one !== null);
    yield { transactions, unreadable: read.length - transactions.length };
    if (!meta.pagination.has_more || data.length === 0) return;
  }
  throw new TransactionListError("it does not end", { isPassing: false });
}

function backoffOf(firstMs: number) {
  return new DelegateBackoff<{ attempt: number; result: object }>(({ attempt, result }) => {
    const error = "error" in result ? result.error : null;
    const askedMs = error instanceof TransactionListError ? error.retryAfterMs : 0;
    return Math.max(askedMs, firstMs * 2 ** (attempt - 1));
  });
}

async function fetchPage(
  source: TransactionSource,
  { fromDay, page }: { readonly fromDay: string; readonly page: number },
): Promise<z.output<typeof answer>> {
  const base = source.baseUrl.replace(/\/+$/, "").replace(/\/v2$/, "");
  const url = new URL(`${base}/v2/transactions`);
  url.searchParams.set("transaction_date_from", fromDay);
  url.searchParams.set("transaction_date_sort", "asc");
  url.searchParams.set("page", String(page));
  url.searchParams.set("per_page", String(PAGE_SIZE));
  const body = await fetchBody(url, source);
  const parsed = answer.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new TransactionListError("its answer has another shape", { isPassing: false });
}

async function fetchBody(url: URL, source: TransactionSource): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${source.token}`, accept: "application/json" },
      // The token goes to the address that was set and to no other.
      redirect: "error",
      signal: AbortSignal.timeout(source.timeoutMs ?? TIMEOUT_MS),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw refusalOf(response);
    }
    return await readJson(response);
  } catch (error) {
    if (error instanceof TransactionListError) throw error;
    if (error instanceof SyntaxError) {
      throw new TransactionListError("its answer is no JSON", { isPassing: true });
    }
    const isSlow = error instanceof Error && error.name === "TimeoutError";
    const problem = isSlow ? "it did not answer in time" : "it cannot be reached";
    throw new TransactionListError(problem, { isPassing: true });
  }
}

function refusalOf({ status, headers }: Response): TransactionListError {
  const seconds = Number(headers.get("retry-after") ?? 0);
  const askedMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
  return new TransactionListError(`it answered ${status}`, {
    isPassing: status === 429 || status >= 500,
    retryAfterMs: Math.min(askedMs, RETRY_AFTER_MS_MAX),
  });
}

async function readJson(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of response.body ?? []) {
    sizeBytes += part.byteLength;
    if (sizeBytes > BODY_BYTES_MAX) {
      throw new TransactionListError("its answer is too large", { isPassing: false });
    }
    parts.push(part);
  }
  const body = new TextDecoder().decode(Buffer.concat(parts));
  return JSON.parse(body, (_, value: unknown) =>
    typeof value === "string" ? cleanText(value) : value,
  );
}

function readRow(raw: unknown): BankTransaction | null {
  const parsed = row.safeParse(raw);
  if (!parsed.success) return null;
  const { data } = parsed;
  const occurredAt = vietnamInstant(data.transaction_date);
  if (occurredAt === null) return null;
  const amountVnd = data.transfer_type === "in" ? data.amount_in : data.amount_out;
  return {
    id: data.id,
    direction: data.transfer_type,
    amountMicroVnd: vndToMicroVnd(BigInt(amountVnd)),
    accountNumber: data.account_number.trim(),
    subAccount: data.va?.trim() ?? "",
    content: data.transaction_content ?? "",
    code: data.code === "" ? null : (data.code ?? null),
    referenceCode: data.reference_number?.trim() ?? "",
    occurredAt,
    raw: data,
  };
}
