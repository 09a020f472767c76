import { demandFacts, learnDemand, type PastAnswer } from "@/domain/demand/demand-profile.ts";
import { learnOutput, outputFactorOf } from "@/domain/demand/output-profile.ts";
import type { RoutingPolicy } from "@/domain/routing/policy.ts";
import type { DemandFacts } from "@/domain/routing/turn-facts.ts";
import { dayOf } from "@/domain/time/vietnam-time.ts";
import type { Scored } from "./bench-month-scores.ts";
import { MONTH } from "./bench-month-traffic.ts";

/** A profile is learned anew when it is older than this, as `features/routing` does. */
const PROFILE_AGE_MAX_MS = 3_600_000;

/** What the month so far has taught about the one who asks. */
export type Learned = {
  readonly demand: DemandFacts;
  readonly outputFactor: number;
};

/**
 * Learns from the answers of the month as production learns from the logs: by the same functions,
 * once an hour, with today's questions counted in between.
 */
export class MonthLearning {
  private readonly policy: RoutingPolicy;
  /** Newest first. */
  private readonly answers: PastAnswer[] = [];
  private readonly questionsByDay = new Map<string, number>();
  private demandProfile: ReturnType<typeof learnDemand> | null = null;
  private outputProfile: ReturnType<typeof learnOutput> | null = null;

  constructor(policy: RoutingPolicy) {
    this.policy = policy;
  }

  /** What is known as a question of this category is asked; counts the question after that. */
  beforeQuestion(nowMs: number, category: Scored["category"]): Learned {
    const day = dayOf(new Date(nowMs));
    const questionsToday = this.questionsByDay.get(day) ?? 0;
    this.questionsByDay.set(day, questionsToday + 1);
    const now = { nowMs, endsAtMs: MONTH.endsAtMs, questionsToday };
    return {
      demand: demandFacts(this.demandProfile, now),
      outputFactor: outputFactorOf(this.outputProfile, this.policy.version, category),
    };
  }

  /** Learns of an answer, and from all of them when the profiles have grown old. */
  afterAnswer(answer: Omit<PastAnswer, "userId">): void {
    this.answers.unshift({ userId: "bench", ...answer });
    const nowMs = answer.askedAtMs;
    const ageMs = nowMs - (this.demandProfile?.learnedAtMs ?? -Infinity);
    if (ageMs < PROFILE_AGE_MAX_MS) return;
    this.demandProfile = learnDemand(this.answers, { fromMs: MONTH.startsAtMs, nowMs });
    this.outputProfile = learnOutput(this.answers, this.policy, nowMs);
  }
}
