import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { TransactionSource } from "@/server/sepay/list-transactions.ts";
import { nextSepayId, sepayBody, SEPAY_ACCOUNT, sepayDate, type SepayTransfer } from "./sepay.ts";

export const SEPAY_TOKEN = "a token of the tests";

/** A row of `GET /v2/transactions`. */
type Row = Readonly<Record<string, unknown>>;

/** A transfer both ways SePay tells of it: as a line of the list and as a webhook's body. */
export type ToldTransfer = { readonly line: Row; readonly webhookBody: string };

/** What the next request gets instead of a page: a status, or whatever it does with the response; null: the page. */
type Reply = number | null | ((response: ServerResponse) => void);

export type SepayBank = {
  /** What the product is to be told of where the list is. */
  readonly source: TransactionSource;
  /** The same, as settings. */
  readonly settings: Readonly<Record<string, string>>;
  /** A transfer arrives: it stands on the list from now on. */
  readonly book: (transfer: SepayTransfer) => ToldTransfer;
  /** A row as it is to stand in the JSON. */
  readonly bookRow: (row: Row) => void;
  /** Replies to the next requests, in order, before pages come again. */
  readonly interrupt: (...replies: readonly Reply[]) => void;
  /** The queries asked so far. */
  readonly asked: URLSearchParams[];
  readonly empty: () => void;
  readonly stop: () => Promise<void>;
};

/** SePay's transaction list (API v2) on a local port: paged, filtered by day, oldest first. */
export async function startSepayBank(): Promise<SepayBank> {
  const rows: Row[] = [];
  const replies: Reply[] = [];
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    asked.push(url.searchParams);
    const reply = replies.shift() ?? null;
    if (typeof reply === "function") reply(response);
    else if (reply !== null) sendJson(response, reply, { status: "error" });
    else answer(request, response, { url, rows });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no address"));
      else resolve(address.port);
    });
  });
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    source: { baseUrl, token: SEPAY_TOKEN, timeoutMs: 2_000, backoffMs: 5 },
    settings: { SEPAY_API_TOKEN: SEPAY_TOKEN, SEPAY_API_BASE_URL: baseUrl },
    book: (transfer) => {
      const told = tell(transfer);
      rows.push(told.line);
      return told;
    },
    bookRow: (row) => rows.push({ ...lineOf({}), ...row }),
    interrupt: (...next) => replies.push(...next),
    asked,
    empty: () => {
      rows.length = 0;
      replies.length = 0;
      asked.length = 0;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function tell(transfer: SepayTransfer): ToldTransfer {
  const id = transfer.id ?? nextSepayId();
  const whole = { ...transfer, id, at: transfer.at ?? new Date() };
  return { line: lineOf(whole), webhookBody: sepayBody(whole) };
}

function lineOf(transfer: SepayTransfer): Row {
  const { code = "", amount = 99_000, content = code, direction = "in" } = transfer;
  return {
    id: randomUUID(),
    transaction_date: sepayDate(transfer.at ?? new Date()),
    account_number: transfer.account ?? SEPAY_ACCOUNT,
    va: transfer.subAccount ?? "",
    transfer_type: direction,
    amount_in: direction === "in" ? amount : 0,
    amount_out: direction === "in" ? 0 : amount,
    accumulated: 105_000_000,
    transaction_content: content,
    reference_number: transfer.reference ?? `FT${transfer.id ?? nextSepayId()}`,
    code: transfer.foundCode === undefined ? (code === "" ? null : code) : transfer.foundCode,
    bank_brand_name: "Vietcombank",
    bank_account_id: "d6719d04-0000-4000-8000-a6006ab65aca",
    va_id: null,
    webhook_success: 0,
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { url, rows }: { readonly url: URL; readonly rows: readonly Row[] },
): void {
  if (url.pathname !== "/v2/transactions") {
    sendJson(response, 404, { status: "error" });
    return;
  }
  if (request.headers.authorization !== `Bearer ${SEPAY_TOKEN}`) {
    sendJson(response, 401, { status: "error" });
    return;
  }
  const from = url.searchParams.get("transaction_date_from") ?? "";
  const perPage = Math.min(Number(url.searchParams.get("per_page") ?? 20), 100);
  const page = Number(url.searchParams.get("page") ?? 1);
  const found = rows
    .filter((row) => String(row["transaction_date"]) >= from)
    .toSorted((a, b) => (String(a["transaction_date"]) < String(b["transaction_date"]) ? -1 : 1));
  const lastPage = Math.max(1, Math.ceil(found.length / perPage));
  sendJson(response, 200, {
    status: "success",
    data: found.slice((page - 1) * perPage, page * perPage),
    meta: {
      pagination: {
        total: found.length,
        per_page: perPage,
        current_page: page,
        last_page: lastPage,
        has_more: page < lastPage,
      },
    },
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
