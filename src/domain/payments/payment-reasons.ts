/**
 * Why a transfer was not applied as it came, a closed list. `over` and `short` also stand on
 * applied ones: what was done about them is in the grant and in the order.
 */
export const paymentReasons = [
  "no_code",
  "unknown_code",
  "two_codes",
  "short",
  "over",
  "late",
  "already_paid",
  "wrong_account",
  "wrong_currency",
  "wrong_amount",
  "wrong_date",
  "money_out",
  "unknown_direction",
  "test_send",
  "stale_signature",
  "same_reference",
  "unreadable",
  "refund_notice",
] as const;

export type PaymentReason = (typeof paymentReasons)[number];
