const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTH_DAYS = 30;
/** November 2026 in Vietnam. */
export const MONTH = {
  startsAtMs: Date.UTC(2026, 9, 31, 17),
  endsAtMs: Date.UTC(2026, 10, 30, 17),
} as const;

/** How a month's questions lie in time, and how many there are beside a normal month. */
export type Traffic = {
  readonly name: "normal" | "half" | "double" | "bursts" | "quiet first half";
  readonly factor: number;
  /** Weight of each day of the month. */
  readonly dayWeights: (roll: () => number) => readonly number[];
};

/** Working days are busier than the weekend. */
const ordinary = () => Array.from({ length: MONTH_DAYS }, (_, day) => (day % 7 < 5 ? 1.2 : 0.5));

export const TRAFFICS: readonly Traffic[] = [
  { name: "normal", factor: 1, dayWeights: ordinary },
  { name: "half", factor: 0.5, dayWeights: ordinary },
  { name: "double", factor: 2, dayWeights: ordinary },
  {
    name: "bursts",
    factor: 1,
    // Four days bring three fifths of the month.
    dayWeights: (roll) => {
      const days = Array.from({ length: MONTH_DAYS }, () => 0.4 / (MONTH_DAYS - 4));
      for (let burst = 0; burst < 4; burst += 1) {
        const day = Math.floor((burst + roll()) * (MONTH_DAYS / 4));
        days[day] = (days[day] ?? 0) + 0.15;
      }
      return days;
    },
  },
  {
    name: "quiet first half",
    factor: 1,
    dayWeights: () =>
      Array.from({ length: MONTH_DAYS }, (_, day) => (day < MONTH_DAYS / 2 ? 0.2 : 0.8)),
  },
];

/** `count` instants of a month in order, milliseconds since 1970: by day, 7 to 23 o'clock. */
export function instantsOf(traffic: Traffic, count: number, roll: () => number): readonly number[] {
  const weights = traffic.dayWeights(roll);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: count }, () => {
    let place = roll() * total;
    const day = weights.findIndex((weight) => (place -= weight) < 0);
    const hour = 7 + roll() * 16;
    return (
      MONTH.startsAtMs + (day < 0 ? MONTH_DAYS - 1 : day) * DAY_MS + Math.floor(hour * HOUR_MS)
    );
  }).sort((a, b) => a - b);
}
