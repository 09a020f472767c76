/** One question as a bench compares it: what the strong and the weak model made of it. */
export type Outcome = {
  readonly strong: number;
  readonly weak: number;
  readonly strongCost: number;
  readonly weakCost: number;
};

export type RoutingFigures = {
  /** Average share of the gap recovered over all shares of strong calls; 0.5 = random. */
  readonly apgr: number;
  /** Least share of strong calls that recovers 50 % and 80 % of the gap. */
  readonly cpt50: number;
  readonly cpt80: number;
  /** Cost of the cheapest mix with 95 % of the strong model's quality, as a share of all-strong. */
  readonly costAt95: number;
};

const STEPS = 10;
const FINE_STEPS = 200;

/** Questions from the highest score to the lowest; equal scores in order of the id's place. */
function ranked(scores: Float64Array): readonly number[] {
  return [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

/** Quality and cost sums when the first k of `order` go to the strong model, k = 0 … n. */
function sumsAlong(outcomes: readonly Outcome[], order: readonly number[]) {
  const quality = new Float64Array(order.length + 1);
  const cost = new Float64Array(order.length + 1);
  quality[0] = outcomes.reduce((sum, outcome) => sum + outcome.weak, 0);
  cost[0] = outcomes.reduce((sum, outcome) => sum + outcome.weakCost, 0);
  order.forEach((place, at) => {
    const outcome = outcomes[place];
    if (outcome === undefined) return;
    quality[at + 1] = (quality[at] ?? 0) + outcome.strong - outcome.weak;
    cost[at + 1] = (cost[at] ?? 0) + outcome.strongCost - outcome.weakCost;
  });
  return { quality, cost };
}

/**
 * The figures of one way of scoring on one bench. Source: RouteLLM (Ong et al. 2024): eleven
 * quantile thresholds, performance gap recovered at each, trapezoid.
 */
export function routingFigures(outcomes: readonly Outcome[], scores: Float64Array): RoutingFigures {
  const count = outcomes.length;
  const { quality, cost } = sumsAlong(outcomes, ranked(scores));
  const weak = quality[0] ?? 0;
  const strong = outcomes.reduce((sum, outcome) => sum + outcome.strong, 0);
  const recovered = (share: number) =>
    ((quality[Math.round(count * share)] ?? 0) - weak) / (strong - weak);
  let apgr = 0;
  for (let step = 0; step < STEPS; step += 1) {
    apgr += (recovered(step / STEPS) + recovered((step + 1) / STEPS)) / (2 * STEPS);
  }
  const firstShare = (target: number) => {
    for (let step = 0; step <= FINE_STEPS; step += 1) {
      if (recovered(step / FINE_STEPS) >= target) return step / FINE_STEPS;
    }
    return 1;
  };
  const allStrongCost = outcomes.reduce((sum, outcome) => sum + outcome.strongCost, 0);
  const enough = quality.findIndex((value) => value >= 0.95 * strong);
  const costAt95 = (cost[enough === -1 ? count : enough] ?? 0) / allStrongCost;
  return { apgr, cpt50: firstShare(0.5), cpt80: firstShare(0.8), costAt95 };
}

export type Interval = { readonly value: number; readonly low: number; readonly high: number };

/** A small seeded generator. Source: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Figures of all cases with their 95 % intervals, by drawing the cases again with replacement
 * (bootstrap).
 */
export function bootstrapIntervals(
  count: number,
  figures: (places: Int32Array) => readonly number[],
  draws: number,
): readonly Interval[] {
  const next = seededRandom(20_261_121);
  const whole = Int32Array.from({ length: count }, (_, at) => at);
  const drawn = Array.from({ length: draws }, () =>
    figures(whole.map(() => Math.floor(next() * count))),
  );
  return figures(whole).map((value, figure) => {
    const sorted = drawn.map((values) => values[figure] ?? Number.NaN).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (draws - 1))] ?? Number.NaN;
    return { value, low: at(0.025), high: at(0.975) };
  });
}

/** Ranks with ties sharing their mean rank. */
function ranksOf(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}

/** Spearman's rank correlation, ties by mean ranks. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  let [both, ofX, ofY] = [0, 0, 0];
  x.forEach((value, at) => {
    const other = (y[at] ?? 0) - mean;
    both += (value - mean) * other;
    ofX += (value - mean) ** 2;
    ofY += other ** 2;
  });
  return both / Math.sqrt(ofX * ofY);
}
