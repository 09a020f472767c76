/** The life of a hold: `held`, then exactly one of the others, for ever. */
export type ReservationState = "held" | "settled" | "released" | "expired";

/**
 * What a hold becomes when its work ends: something dispatched → `settled`, whatever it cost;
 * nothing dispatched → given back, `released` by the turn itself, `expired` by recovery.
 */
export function closingState(input: {
  readonly isDispatched: boolean;
  readonly isRecovery: boolean;
}): Exclude<ReservationState, "held"> {
  if (input.isDispatched) return "settled";
  return input.isRecovery ? "expired" : "released";
}
