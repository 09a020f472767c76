/**
 * Where a process may be killed on purpose: in the order a turn passes them, then in the order a
 * transfer does.
 */
export type CrashLabel =
  | "before_reserve"
  | "after_reserve"
  | "after_dispatch"
  | "mid_stream"
  | "after_usage"
  | "before_settle_commit"
  | "after_settle"
  | "in_sweep"
  | "payment_stored"
  | "payment_matched"
  | "payment_applied"
  | "payment_committed";

declare global {
  /** Set by the fault rig's preload alone; the product never sets it. */
  var phoChatCrashPoint: ((label: CrashLabel) => void) | undefined;
}

/** A moment at which the fault rig may end this process. Outside the rig nothing listens. */
export function crashPoint(label: CrashLabel): void {
  globalThis.phoChatCrashPoint?.(label);
}
