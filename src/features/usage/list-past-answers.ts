import { z } from "zod";
import { queryCategories } from "@/domain/complexity/query-categories.ts";
import type { PastAnswer } from "@/domain/demand/demand-profile.ts";
import { startOfDay } from "@/domain/time/vietnam-time.ts";
import type { Queryable } from "@/server/db/with-transaction.ts";
import { hasAnswersUntil, listAnswersSince } from "./store.ts";

/** Older questions say nothing about the present demand. */
const WINDOW_MS = 8 * 7 * 86_400_000;

/** Bounds the reading of the busiest organisations; their window is as short as these reach back. */
const ANSWERS_MAX = 5_000;

/** A log without score or category (of another purpose once) teaches nothing and is passed over. */
const pastAnswer = z
  .object({
    userId: z.string(),
    occurredAt: z.date(),
    score: z.string().transform(Number).pipe(z.number().min(0).max(1)),
    category: z.enum(queryCategories),
    inputTokens: z.number(),
    outputTokens: z.number(),
    outcome: z.string().nullable(),
  })
  .transform(({ occurredAt, outcome, ...answer }) => ({
    ...answer,
    askedAtMs: occurredAt.getTime(),
    isWhole: outcome === "complete",
  }));

/**
 * The answered questions an organisation's demand is learned from, newest first, and the instant
 * from which on they are all there: eight weeks ago, or the day of the very first question, or the
 * oldest that is read.
 */
export async function listPastAnswers(
  db: Queryable,
  orgId: string,
  now: Date,
): Promise<{ readonly answers: readonly PastAnswer[]; readonly fromMs: number }> {
  const since = new Date(now.getTime() - WINDOW_MS);
  const rows = await listAnswersSince(db, orgId, { instant: since, limit: ANSWERS_MAX });
  const answers = rows.flatMap((row) => pastAnswer.safeParse(row).data ?? []);
  const oldest = rows.at(-1);
  if (oldest === undefined) return { answers, fromMs: since.getTime() };
  if (rows.length === ANSWERS_MAX) return { answers, fromMs: oldest.occurredAt.getTime() };
  const isLonger = await hasAnswersUntil(db, orgId, since);
  const fromMs = isLonger ? since.getTime() : startOfDay(oldest.occurredAt).getTime();
  return { answers, fromMs };
}
