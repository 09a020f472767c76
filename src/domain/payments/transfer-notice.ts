export type TransferDirection = "in" | "out" | "unknown";

/** A transfer as a webhook or the bank's list tells of it, whichever provider that is. */
export type TransferNotice = {
  readonly direction: TransferDirection;
  /** null: not readable as whole đồng. */
  readonly amountMicroVnd: bigint | null;
  readonly currency: string;
  readonly accountNumber: string;
  /** The virtual account it came by, or "". */
  readonly subAccount: string;
  /** The payer's text. */
  readonly content: string;
  /** The bank's whole text, or "". */
  readonly description: string;
  /** What the provider itself took for the payment code. */
  readonly code: string | null;
  /** The bank's reference, or "". */
  readonly referenceCode: string;
  /** When the bank booked it; null: not told, or not readable. */
  readonly occurredAt: Date | null;
};
