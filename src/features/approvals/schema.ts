import { z } from "zod";

/** The closed list of the database's constraint `approvals_kind_known`. */
export type ApprovalKind = "exchange_rate" | "catalogue";
export type ApprovalState = "pending" | "approved" | "rejected";

export type Approval = {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly state: ApprovalState;
  /** What is proposed; the feature that proposed it reads it. */
  readonly payload: unknown;
  readonly createdAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
};

/** A row of `approvals`; the database's constraints promise the closed lists. */
export const approvalRow = z.object({
  id: z.string(),
  kind: z.enum(["exchange_rate", "catalogue"]),
  state: z.enum(["pending", "approved", "rejected"]),
  payload: z.unknown(),
  createdAt: z.date(),
  decidedBy: z.string().nullable(),
  decidedAt: z.date().nullable(),
});
