/** What one candidate offers one question: quality in [0, 1] for a cost (micro-VND, >= 0). */
export type Offer = { readonly quality: number; readonly cost: number };

/** Questions of one kind: how many of them, and what every candidate offers each. */
export type Lot = { readonly questions: number; readonly offers: readonly Offer[] };

/** A step up from one offer to the next better one that is worth its price. */
type Step = { readonly worth: number; readonly cost: number };

/**
 * The price λ (quality per micro-VND) at which the lots, each question taking the offer with the
 * highest quality − λ × cost and the cheaper of equals, together spend no more than the budget and
 * would spend more at any lower price. Everybody begins at the cheapest offer; steps up are bought
 * in the order of what they bring per đồng.
 * @param budget micro-VND; below the sum of the cheapest offers the price is that of the first step.
 * @returns >= 0 and finite; 0 when even the best of everything fits. Never rises with the budget.
 * Source: the linear relaxation of the multiple-choice knapsack, whose dual price it is.
 */
export function clearingPrice(lots: readonly Lot[], budget: number): number {
  const steps: Step[] = [];
  let left = budget;
  for (const { questions, offers } of lots) {
    const frontier = frontierOf(offers);
    left -= questions * (frontier[0]?.cost ?? 0);
    frontier.forEach((offer, index) => {
      const before = frontier[index - 1];
      if (before === undefined) return;
      steps.push({ worth: slope(before, offer), cost: questions * (offer.cost - before.cost) });
    });
  }
  steps.sort((a, b) => b.worth - a.worth);
  for (const step of steps) {
    left -= step.cost;
    if (left < 0) return step.worth;
  }
  return 0;
}

/** The offers some price would choose, cheapest first: the upper concave hull of quality by cost. */
function frontierOf(offers: readonly Offer[]): readonly Offer[] {
  const sorted = [...offers].sort((a, b) => a.cost - b.cost || b.quality - a.quality);
  const hull: Offer[] = [];
  for (const offer of sorted) {
    const top = hull.at(-1);
    if (top !== undefined && offer.quality <= top.quality) continue;
    while (isBelow(hull, offer)) hull.pop();
    hull.push(offer);
  }
  return hull;
}

/** Whether the hull's last offer lies on or under the line from the one before it to `offer`. */
function isBelow(hull: readonly Offer[], offer: Offer): boolean {
  const top = hull.at(-1);
  const before = hull.at(-2);
  if (top === undefined || before === undefined) return false;
  return slope(before, top) <= slope(top, offer);
}

function slope(from: Offer, to: Offer): number {
  return (to.quality - from.quality) / (to.cost - from.cost);
}
