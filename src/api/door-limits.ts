import type { AttemptLimit } from "@/server/rate-limits.ts";

type DoorLimits = {
  readonly user: AttemptLimit;
  readonly organisation: AttemptLimit;
  readonly address: AttemptLimit;
};

const MINUTE_MS = 60_000;
const perMinute = (countMax: number): AttemptLimit => ({ countMax, windowMs: MINUTE_MS });

/** The doors for signed-in people. `preview` is costOptimization.getOptimalModel, the draft's price. */
export type LimitedDoor = "chat" | "preview" | "procedure";

export type LimitTable = Readonly<Record<LimitedDoor, DoorLimits>>;

/**
 * Requests a minute. They guard the machine, not the money: budgets do that, to the micro-đồng. So
 * they are far above what people do and below what a loop does.
 */
export const doorLimits: LimitTable = {
  // A message costs us 2 to 10 ms of CPU; ten a second is no person. A team, or an office or dormitory
  // behind one address, may send as five such people at once.
  chat: { user: perMinute(600), organisation: perMinute(3_000), address: perMinute(3_000) },
  // The composer asks about once a second while somebody types, and nothing is sent for it.
  preview: { user: perMinute(300), organisation: perMinute(3_000), address: perMinute(3_000) },
  // A page asks up to ten procedures when it opens; twenty a second is a program.
  procedure: { user: perMinute(1_200), organisation: perMinute(6_000), address: perMinute(6_000) },
};
