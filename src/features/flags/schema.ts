import { z } from "zod";

/** Flags that exist; `settings` gives their first values. A key outside this list cannot be set. */
export const flagKeys = ["cost_optimization", "budget_alert_email", "usage_tracking"] as const;
export const flagKey = z.enum(flagKeys);
export type FlagKey = z.output<typeof flagKey>;
