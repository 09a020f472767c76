import { z } from "zod";
import { queryCategories } from "@/domain/complexity/query-categories.ts";
import { HOURS_PER_WEEK } from "@/domain/demand/weekly-rhythm.ts";
import type { DemandProfile } from "@/domain/demand/demand-profile.ts";
import type { OutputProfile } from "@/domain/demand/output-profile.ts";

const share = z.number().min(0).max(1);
const amount = z.number().min(0);

const demandDocument = z.object({
  questionsSeen: amount,
  weeksSeen: amount,
  rhythm: z.array(amount).length(HOURS_PER_WEEK),
  recent: z
    .array(z.object({ score: share, category: z.enum(queryCategories), inputTokens: amount }))
    .max(32),
  learnedAtMs: z.number(),
  questionsToday: amount,
});

const outputDocument = z.object({
  policyVersion: z.string(),
  learnedAtMs: z.number(),
  byCategory: z.partialRecord(
    z.enum(queryCategories),
    z.object({ factor: z.number().positive(), answers: amount }),
  ),
});

/** What was learned, as a decision uses it; null where there is nothing, or nothing readable. */
export type Profiles = {
  readonly demand: DemandProfile | null;
  readonly output: OutputProfile | null;
};

/**
 * Reads the stored documents. One that cannot be read (of another version of the product) counts as
 * not learned yet: the next answer writes a new one.
 */
export function readProfiles(stored: {
  readonly demand: unknown;
  readonly output: unknown;
}): Profiles {
  return {
    demand: demandDocument.safeParse(stored.demand).data ?? null,
    output: outputDocument.safeParse(stored.output).data ?? null,
  };
}
