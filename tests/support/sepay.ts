import { createHmac } from "node:crypto";

export const SEPAY_SECRET = "a webhook secret of the tests";
export const SEPAY_ACCOUNT = "1017588888";
export const SEPAY_BIN = "970436";
export const SEPAY_WEBHOOK_PATH = "/api/payment/sepay/webhook";

/** The product's settings under which `postWebhook` is understood. */
export const sepayTestSettings = {
  SEPAY_WEBHOOK_SECRET: SEPAY_SECRET,
  SEPAY_API_KEY: "",
  SEPAY_ACCOUNT_NUMBER: SEPAY_ACCOUNT,
  SEPAY_BANK_BIN: SEPAY_BIN,
} as const;

export type SepayTransfer = {
  /** SePay's own id; a new one when not given. */
  readonly id?: number;
  /** An order's code: both the memo and SePay's own guess, unless `content` or `foundCode` says otherwise. */
  readonly code?: string;
  /** Whole đồng. */
  readonly amount?: number;
  readonly content?: string;
  readonly foundCode?: string | null;
  readonly description?: string;
  readonly account?: string;
  readonly subAccount?: string | null;
  readonly direction?: string;
  readonly reference?: string;
  /** When the bank booked it; now when not given. */
  readonly at?: Date;
  /** Fields over those SePay sends, as they are to stand in the JSON. */
  readonly fields?: Readonly<Record<string, unknown>>;
};

let lastId = 5_000_000;

/** An id no other transfer of this process has. */
export function nextSepayId(): number {
  lastId += 1;
  return lastId;
}

/** The instant as SePay writes it: Vietnam's time without a zone. */
export function sepayDate(at: Date): string {
  return new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}

/** A notice as SePay posts it. */
export function sepayBody(transfer: SepayTransfer = {}): string {
  const { id = nextSepayId(), code = "", amount = 99_000, content = code } = transfer;
  return JSON.stringify({
    id,
    gateway: "Vietcombank",
    transactionDate: sepayDate(transfer.at ?? new Date()),
    accountNumber: transfer.account ?? SEPAY_ACCOUNT,
    subAccount: transfer.subAccount === undefined ? "" : transfer.subAccount,
    code: transfer.foundCode === undefined ? (code === "" ? null : code) : transfer.foundCode,
    content,
    transferType: transfer.direction ?? "in",
    description: transfer.description ?? `BankAPINotify ${content}`,
    transferAmount: amount,
    accumulated: 105_000_000,
    referenceCode: transfer.reference ?? `FT${id}`,
    ...transfer.fields,
  });
}

export type Signing = {
  /** "": no signature at all. */
  readonly secret?: string;
  /** When it was signed, Unix seconds; now when not given. */
  readonly nowSeconds?: number;
  /** Headers over those SePay sends. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly origin?: string;
};

export type SignedWebhook = {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
};

/** The bytes and headers of a delivery, signed over `timestamp.body`. */
export function signWebhook(body: string | Uint8Array, signing: Signing = {}): SignedWebhook {
  const { secret = SEPAY_SECRET, nowSeconds = Math.floor(Date.now() / 1000) } = signing;
  const bytes = Uint8Array.from(Buffer.from(body));
  const signature = createHmac("sha256", secret).update(`${nowSeconds}.`).update(bytes);
  const signed = {
    "x-sepay-signature": `sha256=${signature.digest("hex")}`,
    "x-sepay-timestamp": String(nowSeconds),
  };
  return {
    body: bytes,
    headers: {
      "content-type": "application/json",
      "user-agent": "SePay-Webhook/1.0",
      ...(secret === "" ? {} : signed),
      ...signing.headers,
    },
  };
}

/** A signed delivery as a request, for the door in this process. */
export function signedWebhook(body: string | Uint8Array, signing: Signing = {}): Request {
  const { origin = "http://localhost:3999" } = signing;
  return new Request(new URL(SEPAY_WEBHOOK_PATH, origin), {
    method: "POST",
    ...signWebhook(body, signing),
  });
}

/** Delivers a notice to an instance of the product over HTTP. */
export function postWebhook(
  appUrl: string,
  body: string | Uint8Array,
  signing: Signing = {},
): Promise<Response> {
  return fetch(new URL(SEPAY_WEBHOOK_PATH, appUrl), {
    method: "POST",
    ...signWebhook(body, signing),
  });
}
