import type { TransferNotice } from "@/domain/payments/transfer-notice.ts";

/** Who may tell us of money; each is off unless its settings are there. */
export type PaymentProviderId = "sepay" | "sepay_gateway" | "payos" | "stripe";

/** A delivery that was proven to come from the provider, and what it tells of. */
export type ProvenNotice = {
  /** The provider's own id of what it tells about, the same on every repeat. */
  readonly eventKey: string;
  readonly scheme: "hmac" | "api_key" | "shared_secret" | "signature";
  /** When the provider signed it, by its own word; null where it does not say. */
  readonly signedAt: Date | null;
  /**
   * null: proven, but it cannot be read (kept for finance). "none": it tells of no transfer (another
   * kind of event): answered 200, nothing is stored.
   */
  readonly transfer: TransferNotice | null | "none";
};

/** Why a delivery was refused, for the metric only; `not_json` is answered 400, the others 401. */
export type NoticeRefusal =
  | "signature_missing"
  | "signature_malformed"
  | "signature_wrong"
  | "key_missing"
  | "key_wrong"
  | "not_json";

/** What a hosted checkout is asked to collect. */
export type CheckoutRequest = {
  readonly orderCode: string;
  /** Whole đồng, > 0: what is still missing. */
  readonly amountVnd: number;
  readonly expiresAt: Date;
  /** Where the browser comes back to; it grants nothing. */
  readonly returnUrl: string;
  readonly cancelUrl: string;
};

/**
 * One way for money to come in. Orders, inbox, grants and subscriptions know its id as a label and
 * nothing else.
 */
export type PaymentProvider = {
  readonly id: PaymentProviderId;
  /** Accounts whose money is ours by this provider's word; `TransferNotice.accountNumber` names one. */
  readonly accounts: readonly string[];
  /** Headers kept with the event, lower case; never one that holds a secret. */
  readonly keptHeaders: readonly string[];
  /** Proves a delivery by its bytes and reads it. Never throws for what a stranger sent. */
  readonly readNotice: (
    headers: Headers,
    rawBody: Uint8Array,
  ) => Promise<ProvenNotice | NoticeRefusal>;
  /**
   * Opens the provider's own payment page; absent where money comes by our QR.
   * @throws DomainError `provider_failed`.
   */
  readonly openCheckout?: (request: CheckoutRequest) => Promise<{ readonly url: string }>;
};
