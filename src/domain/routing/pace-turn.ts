import { maxBigint, minBigint } from "@/domain/money/division.ts";
import { clearingPrice, type Lot, type Offer } from "@/domain/pacing/clearing-price.ts";
import { expectedDemand, type ExpectedDemand } from "@/domain/pacing/expected-demand.ts";
import { shadowPrice } from "@/domain/pacing/shadow-price.ts";
import {
  expectedOutputTokens,
  expectedTurnCostMicroVnd,
  outputFactorOfModel,
} from "./expected-cost.ts";
import { expectedQuality } from "./expected-quality.ts";
import { preferredBonus, smallestHoldMicroVnd, type FitInput } from "./fit-candidate.ts";
import type { CandidateFacts, PacingFacts, TurnFacts } from "./turn-facts.ts";

/** What pacing asks of the choice. */
export type TurnPace = {
  /** λ, quality per micro-VND, >= 0; Infinity when nothing is left. */
  readonly shadowPrice: number;
  /**
   * A candidate dearer than the cheapest is taken only when this much is left after it, so that the
   * rest of the period can still be answered; 0 = no such rule.
   */
  readonly reserveMicroVnd: bigint;
};

/** Mean demand of the rest of the period in money: what it costs at the cheapest candidate. */
type Market = { readonly price: number; readonly cheapestCost: number };

/**
 * How dear a đồng is now. Linear pacing looks at budget and time alone. Market pacing lets the
 * expected questions of the period bid for what is left, by the very rule this turn is chosen by
 * and over the same candidates: hard questions may spend ahead, unused money lowers the price for
 * all that follow.
 * @param pool the candidates of the turn, not empty, whatever the budget leaves of them: a price
 * that changed with what happens to fit would rise with the budget.
 */
export function paceTurn(input: FitInput, pool: readonly CandidateFacts[]): TurnPace {
  const { facts, policy } = input;
  if (policy.pacing.kind === "linear") {
    return { shadowPrice: shadowPrice(facts.pacing, policy.pacing), reserveMicroVnd: 0n };
  }
  const left = leftToPaceMicroVnd(facts);
  const demand = expectedDemand(facts.pacing, facts.demand, policy.pacing);
  const amount = facts.pacing.isSoftLandingOn ? left : facts.pacing.limitMicroVnd;
  const market = marketOf(input, pool, { demand, budget: Number(amount) });
  return {
    shadowPrice: left <= 0n || amount <= 0n ? Infinity : market.price,
    reserveMicroVnd: facts.pacing.isSoftLandingOn
      ? reserveMicroVnd(input, pool, {
          questions: demand.questionsReserved,
          costMicroVnd: market.cheapestCost,
        })
      : 0n,
  };
}

/** What the rest of the period may spend: the budget's rest, or the person's own where less. */
export function leftToPaceMicroVnd({
  pacing,
  limits,
}: {
  readonly pacing: PacingFacts;
  readonly limits: TurnFacts["limits"];
}): bigint {
  const left = pacing.limitMicroVnd - pacing.usedMicroVnd - pacing.reservedMicroVnd;
  return limits.memberLeftMicroVnd === null ? left : minBigint(left, limits.memberLeftMicroVnd);
}

/** What the reserved questions cost at the cheapest, and the hold the very last of them needs. */
function reserveMicroVnd(
  input: FitInput,
  pool: readonly CandidateFacts[],
  reserved: { readonly questions: number; readonly costMicroVnd: number },
): bigint {
  const [first, ...rest] = pool.map((candidate) => smallestHoldMicroVnd(input, candidate));
  const lastHold = first === undefined ? 0n : minBigint(first, ...rest);
  return maxBigint(0n, BigInt(Math.ceil(reserved.questions * reserved.costMicroVnd))) + lastHold;
}

/** The question being asked bids too, at its own exact cost: a warm cache makes its model cheap. */
function marketOf(
  input: FitInput,
  pool: readonly CandidateFacts[],
  { demand, budget }: { readonly demand: ExpectedDemand; readonly budget: number },
): Market {
  const bidders = pool.map((candidate) => bidderOf(input, candidate));
  // Offers that come nearly sorted are cheap to sort: the decision has well under a millisecond.
  bidders.sort((a, b) => a.own.cost - b.own.cost);
  // The factor of this question's category stands for all: forecasts that were not corrected as the
  // question's own cost is would make it look dear or cheap beside them.
  const { outputFactor } = input.facts;
  let cheapestCost = 0;
  const lots: Lot[] = [{ questions: 1, offers: bidders.map(({ own }) => own) }];
  for (const question of demand.mix) {
    const offers = bidders.map((bidder) => ({
      quality: expectedQuality(bidder.candidate, question, input.policy) + bidder.bonus,
      cost: forecastCost(bidder.tiers, {
        input: question.inputTokens,
        output: expectedOutputTokens(question, outputFactor * bidder.outputFactor, input),
      }),
    }));
    lots.push({ questions: demand.questions * question.share, offers });
    cheapestCost += question.share * cheapestOf(offers);
  }
  return { price: clearingPrice(lots, budget), cheapestCost };
}

/** A candidate with all that its offers to the expected questions have in common. */
type Bidder = {
  readonly candidate: CandidateFacts;
  /** What preferring it adds. */
  readonly bonus: number;
  readonly outputFactor: number;
  /** Its offer to the question being asked. */
  readonly own: Offer;
  /** Forecasts need no exactness: micro-VND a token as plain numbers. */
  readonly tiers: readonly {
    readonly contextTokensMin: number;
    readonly input: number;
    readonly output: number;
  }[];
};

function bidderOf(input: FitInput, candidate: CandidateFacts): Bidder {
  const { facts, policy, rate } = input;
  const microVndPerPicoUsd = Number(rate.rateMilliVnd) / 1e9;
  const bonus = preferredBonus(input, candidate);
  return {
    candidate,
    bonus,
    outputFactor: outputFactorOfModel(candidate, policy),
    own: {
      quality: expectedQuality(candidate, facts.complexity, policy) + bonus,
      cost: Number(expectedTurnCostMicroVnd(input, candidate)),
    },
    tiers: candidate.prices.map((price) => ({
      contextTokensMin: price.contextTokensMin,
      input: Number(price.freshInputPicoUsd) * microVndPerPicoUsd,
      output: Number(price.outputPicoUsd) * microVndPerPicoUsd,
    })),
  };
}

function forecastCost(
  tiers: Bidder["tiers"],
  tokens: { readonly input: number; readonly output: number },
): number {
  let chosen: Bidder["tiers"][number] | undefined;
  for (const tier of tiers) {
    if (tier.contextTokensMin > tokens.input) continue;
    if (chosen === undefined || tier.contextTokensMin > chosen.contextTokensMin) chosen = tier;
  }
  if (chosen === undefined) return Infinity;
  return tokens.input * chosen.input + tokens.output * chosen.output;
}

function cheapestOf(offers: readonly Offer[]): number {
  return offers.reduce((least, { cost }) => Math.min(least, cost), Infinity);
}
