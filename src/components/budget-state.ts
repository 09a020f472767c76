/** Amounts in micro-VND. `remaining` = limit − used, never below 0; `reserved` is held out of it by running answers. */
export type BudgetFigures = {
  readonly limitMicroVnd: bigint;
  readonly usedMicroVnd: bigint;
  readonly reservedMicroVnd: bigint;
  readonly remainingMicroVnd: bigint;
  readonly overdraftMicroVnd: bigint;
};

export type BudgetState = "calm" | "warning" | "critical" | "emergency" | "exhausted";

const BASIS_POINTS = 10_000n;

function basisPoints(part: bigint, whole: bigint): number {
  if (whole <= 0n) return 0;
  const points = (part * BASIS_POINTS) / whole;
  return Number(points < 0n ? 0n : points > BASIS_POINTS ? BASIS_POINTS : points);
}

/** Whole percent of the limit that is used, rounded down and not capped; a limit of 0 counts as used up. */
export function usedPercent(figures: BudgetFigures): number {
  if (figures.limitMicroVnd <= 0n) return 100;
  return Number((figures.usedMicroVnd * 100n) / figures.limitMicroVnd);
}

/** The marks are those of the default alert thresholds. Holds do not count: they may come back. */
export function budgetState(figures: BudgetFigures): BudgetState {
  const percent = usedPercent(figures);
  if (percent >= 100) return "exhausted";
  if (percent >= 95) return "emergency";
  if (percent >= 90) return "critical";
  return percent >= 75 ? "warning" : "calm";
}

/** Widths of the bands in percent of the bar, adding up to 100. Anything above 0 is wide enough to be seen. */
export function budgetBands(figures: BudgetFigures): { spent: number; held: number; left: number } {
  if (figures.limitMicroVnd <= 0n) return { spent: 100, held: 0, left: 0 };
  const spent = visible(
    figures.usedMicroVnd,
    basisPoints(figures.usedMicroVnd, figures.limitMicroVnd),
  );
  const held = visible(
    figures.reservedMicroVnd,
    basisPoints(figures.reservedMicroVnd, figures.limitMicroVnd),
  );
  const fitting = Math.min(held, 100 - spent);
  return { spent, held: fitting, left: 100 - spent - fitting };
}

function visible(amount: bigint, points: number): number {
  return amount > 0n ? Math.max(points / 100, 0.6) : 0;
}
