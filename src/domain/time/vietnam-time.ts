/**
 * Local time of Vietnam. Asia/Ho_Chi_Minh has been UTC+7 without daylight saving since 1975, so the
 * offset is a constant and no time-zone data is needed; the database's `at time zone
 * 'Asia/Ho_Chi_Minh'` gives the same (integration test).
 */
const OFFSET_MS = 7 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const HOURS_PER_WEEK = 7 * 24;
/** 1970 began on a Thursday. */
const HOURS_FROM_MONDAY_TO_1970 = 3 * 24;

export type Period = { readonly startsAt: Date; readonly endsAt: Date };

function localParts(instant: Date): { year: number; month: number; day: number } {
  const shifted = new Date(instant.getTime() + OFFSET_MS);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
  };
}

function localMidnight(year: number, month: number, day: number): Date {
  return new Date(Date.UTC(year, month, day) - OFFSET_MS);
}

/** The calendar month [start, end) in Vietnam that holds the instant. */
export function calendarMonth(instant: Date): Period {
  const { year, month } = localParts(instant);
  return { startsAt: localMidnight(year, month, 1), endsAt: localMidnight(year, month + 1, 1) };
}

/** `YYYY-MM` of the Vietnamese calendar month that holds the instant. */
export function monthOf(instant: Date): string {
  const { year, month } = localParts(instant);
  return `${year}-${String(month + 1).padStart(2, "0")}`;
}

/** `YYYY-MM-DD` of the Vietnamese day that holds the instant. */
export function dayOf(instant: Date): string {
  const { day } = localParts(instant);
  return `${monthOf(instant)}-${String(day).padStart(2, "0")}`;
}

/** `DD/MM/YYYY` of the Vietnamese day that holds the instant, as both languages of the product write it. */
export function dateTextOf(instant: Date): string {
  return dayOf(instant).split("-").toReversed().join("/");
}

/** The first instant of the Vietnamese day that holds the instant. */
export function startOfDay(instant: Date): Date {
  const { year, month, day } = localParts(instant);
  return localMidnight(year, month, day);
}

/** The hour of the Vietnamese week that holds the instant: 0 = Monday 00:00, 167 = Sunday 23:00. */
export function hourOfWeek(instant: Date): number {
  const hours = Math.floor((instant.getTime() + OFFSET_MS) / HOUR_MS);
  return (((hours + HOURS_FROM_MONDAY_TO_1970) % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK;
}

/** The first instant of the next Vietnamese day: when daily counters start again. */
export function nextMidnight(instant: Date): Date {
  const { year, month, day } = localParts(instant);
  return new Date(localMidnight(year, month, day).getTime() + DAY_MS);
}

/**
 * The instant `count` months after `anchor`, same local day and time of day; a day the target month
 * lacks becomes its last (31 January + 1 month = 28 or 29 February). Always counted from the
 * anchor, so no drift builds up.
 */
export function addMonths(anchor: Date, count: number): Date {
  const shifted = new Date(anchor.getTime() + OFFSET_MS);
  const year = shifted.getUTCFullYear();
  const month = shifted.getUTCMonth() + count;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDayMs =
    shifted.getTime() - Date.UTC(year, shifted.getUTCMonth(), shifted.getUTCDate());
  return new Date(
    Date.UTC(year, month, Math.min(shifted.getUTCDate(), lastDay)) + timeOfDayMs - OFFSET_MS,
  );
}

/** The monthly cycle [anchor + n months, anchor + (n+1) months) that holds the instant; n >= 0. */
export function cycleAt(anchor: Date, instant: Date): Period {
  let count = 0;
  while (addMonths(anchor, count + 1).getTime() <= instant.getTime()) count += 1;
  return { startsAt: addMonths(anchor, count), endsAt: addMonths(anchor, count + 1) };
}
