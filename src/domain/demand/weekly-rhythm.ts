import { hourOfWeek } from "@/domain/time/vietnam-time.ts";

export const HOURS_PER_WEEK = 168;
const DAYS_PER_WEEK = 7;
const HOURS_PER_DAY = 24;
const HOUR_MS = 3_600_000;

/**
 * Questions that count as if they had come at the flat rate, per weekday and per hour of the day:
 * few data give a flat rhythm.
 */
const PSEUDO_QUESTIONS = 10;

/** From an instant up to another, milliseconds since 1970. */
export type Span = { readonly fromMs: number; readonly toMs: number };

/**
 * How busy each hour of the Vietnamese week is beside the mean hour. Weekdays and hours of the day
 * are learned apart and multiplied: a whole week's cells would each see a question in years.
 * @param askedAtMs instants of the questions seen in the window.
 * @returns 168 numbers > 0 with mean 1, from Monday 00:00 on; flat when nothing was seen.
 * Source: ratio of observed to expected counts, shrunk by pseudo-counts.
 */
export function weeklyRhythm(askedAtMs: readonly number[], window: Span): number[] {
  const seen = Array.from({ length: HOURS_PER_WEEK }, () => 0);
  for (const atMs of askedAtMs) add(seen, hourOfWeek(new Date(atMs)), 1);
  const exposure = Array.from({ length: HOURS_PER_WEEK }, () => 0);
  eachHour(window, (hour, share) => {
    add(exposure, hour, share);
  });
  const days = factorsOf(seen, exposure, { cells: DAYS_PER_WEEK, cellOf: dayOfHour });
  const hours = factorsOf(seen, exposure, { cells: HOURS_PER_DAY, cellOf: hourOfDay });
  return seen.map((_, hour) => (days[dayOfHour(hour)] ?? 1) * (hours[hourOfDay(hour)] ?? 1));
}

/**
 * The weeks of ordinary demand a span holds, by the rhythm: a Sunday of somebody who never asks on
 * Sundays is worth nothing. @returns >= 0; 0 for a span that is over.
 */
export function weeksOfDemand(rhythm: readonly number[], span: Span): number {
  let sum = 0;
  eachHour(span, (hour, share) => {
    sum += share * (rhythm[hour] ?? 1);
  });
  return sum / HOURS_PER_WEEK;
}

type Grouping = { readonly cells: number; readonly cellOf: (hour: number) => number };

/** Observed to expected questions of each group of hours, shrunk to 1; mean 1. */
function factorsOf(
  seen: readonly number[],
  exposure: readonly number[],
  { cells, cellOf }: Grouping,
): number[] {
  const questions = Array.from({ length: cells }, () => 0);
  const hours = Array.from({ length: cells }, () => 0);
  seen.forEach((count, hour) => {
    add(questions, cellOf(hour), count);
  });
  exposure.forEach((share, hour) => {
    add(hours, cellOf(hour), share);
  });
  const allHours = hours.reduce((sum, share) => sum + share, 0);
  const rate = allHours === 0 ? 0 : questions.reduce((sum, count) => sum + count, 0) / allHours;
  const ratios = questions.map(
    (count, cell) => (count + PSEUDO_QUESTIONS) / ((hours[cell] ?? 0) * rate + PSEUDO_QUESTIONS),
  );
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / cells;
  return ratios.map((ratio) => ratio / mean);
}

/** Visits the hours of the week a span touches, with the part of each that lies inside. */
function eachHour({ fromMs, toMs }: Span, visit: (hour: number, share: number) => void): void {
  let atMs = fromMs;
  while (atMs < toMs) {
    // Vietnam's offset is whole hours, so its hours begin where UTC's do.
    const nextMs = Math.min(toMs, (Math.floor(atMs / HOUR_MS) + 1) * HOUR_MS);
    visit(hourOfWeek(new Date(atMs)), (nextMs - atMs) / HOUR_MS);
    atMs = nextMs;
  }
}

const dayOfHour = (hour: number) => Math.floor(hour / HOURS_PER_DAY);
const hourOfDay = (hour: number) => hour % HOURS_PER_DAY;

function add(counts: number[], index: number, amount: number): void {
  counts[index] = (counts[index] ?? 0) + amount;
}
