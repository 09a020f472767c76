import type { QueryCategory } from "@/domain/complexity/score-query.ts";
import type { DemandFacts, RecentQuestion } from "@/domain/routing/turn-facts.ts";
import { dayOf } from "@/domain/time/vietnam-time.ts";
import { weeklyRhythm, weeksOfDemand } from "./weekly-rhythm.ts";

const WEEK_MS = 7 * 86_400_000;
const RECENT_MAX = 32;

/** One answered question of the past as the logs have it. */
export type PastAnswer = {
  readonly userId: string;
  readonly askedAtMs: number;
  /** Difficulty in [0, 1]. */
  readonly score: number;
  readonly category: QueryCategory;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** False where the person stopped it or the line broke: its length says nothing. */
  readonly isWhole: boolean;
};

/** What is kept of an organisation's past between two learnings. */
export type DemandProfile = {
  /** Weighted by recency (half-life one week), as is the time they were seen in. */
  readonly questionsSeen: number;
  readonly weeksSeen: number;
  /** 168 numbers > 0 with mean 1, from Monday 00:00 in Vietnam on. */
  readonly rhythm: readonly number[];
  /** Newest first, at most 32. */
  readonly recent: readonly RecentQuestion[];
  readonly learnedAtMs: number;
  /** Questions counted on the Vietnamese day of the learning. */
  readonly questionsToday: number;
};

/** How much an observation of `ageMs` counts: half as much each week. */
function recencyWeight(ageMs: number): number {
  return 2 ** (-Math.max(0, ageMs) / WEEK_MS);
}

/** The same weight summed over the time from `ageMs` ago until now, in weeks. */
function recencyWeeks(ageMs: number): number {
  return (1 - recencyWeight(ageMs)) / Math.LN2;
}

/**
 * Learns an organisation's demand from its answered questions.
 * @param answers newest first. @param window from when on they are complete, until now.
 */
export function learnDemand(
  answers: readonly PastAnswer[],
  window: { readonly fromMs: number; readonly nowMs: number },
): DemandProfile {
  const { fromMs, nowMs } = window;
  const today = dayOf(new Date(nowMs));
  const askedAtMs = answers.map((answer) => answer.askedAtMs);
  return {
    questionsSeen: rounded(askedAtMs.reduce((sum, at) => sum + recencyWeight(nowMs - at), 0)),
    weeksSeen: rounded(recencyWeeks(nowMs - fromMs)),
    rhythm: weeklyRhythm(askedAtMs, { fromMs, toMs: nowMs }).map(rounded),
    recent: answers
      .slice(0, RECENT_MAX)
      .map(({ score, category, inputTokens }) => ({ score, category, inputTokens })),
    learnedAtMs: nowMs,
    questionsToday: askedAtMs.filter((at) => dayOf(new Date(at)) === today).length,
  };
}

/**
 * The demand as a decision sees it: the profile aged to now, with today's questions that came after
 * it. Without a profile nothing is known but how long the period still is.
 * @param now.questionsToday questions the organisation sent on this Vietnamese day, the one being
 * asked left out.
 */
export function demandFacts(
  profile: DemandProfile | null,
  now: { readonly nowMs: number; readonly endsAtMs: number; readonly questionsToday: number },
): DemandFacts {
  const { nowMs, endsAtMs, questionsToday } = now;
  const span = { fromMs: nowMs, toMs: endsAtMs };
  if (profile === null) {
    const weeksLeft = rounded(weeksOfDemand([], span));
    return { questionsSeen: 0, weeksSeen: 0, weeksLeft, recent: [] };
  }
  const ageMs = Math.max(0, nowMs - profile.learnedAtMs);
  const isSameDay = dayOf(new Date(nowMs)) === dayOf(new Date(profile.learnedAtMs));
  const countedToday = isSameDay ? profile.questionsToday : 0;
  const since = Math.max(0, questionsToday - countedToday);
  const weight = recencyWeight(ageMs);
  return {
    questionsSeen: rounded(profile.questionsSeen * weight + since),
    weeksSeen: rounded(profile.weeksSeen * weight + recencyWeeks(ageMs)),
    weeksLeft: rounded(weeksOfDemand(profile.rhythm, span)),
    recent: profile.recent,
  };
}

/** Six decimals: kept in every decision, so no longer than it has to be. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
