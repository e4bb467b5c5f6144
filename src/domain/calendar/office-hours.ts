import { memoisePerOwner } from "../../lib/memoise.js";
import { type CalendarDay, daysAfter, readDay, type Weekday, weekdayOf } from "./days.js";
import { atClock, dayOf } from "./zones.js";

/** When people work: the calendar in which business days are counted. */
export interface OfficeHours {
  /** A name of the IANA time zone database. */
  readonly timezone: string;
  readonly days: readonly Weekday[];
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM`, later than `from`. */
  readonly to: string;
  /** Dates, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
}

/**
 * How many days to search for an office day. A policy may list any number of holidays; past this many days the adjacent
 * calendar day is taken, so that deadlines still end. That does not make it an office day: no reminder goes out on it.
 */
const LONGEST_CLOSURE_DAYS = 400;

/** Whether this instant is in office hours, both ends included: work due at closing time is due within them. */
export function isOfficeMoment(instant: Date, hours: OfficeHours): boolean {
  const day = dayOf(instant, hours.timezone);
  if (!isOfficeDay(day, hours)) return false;
  return openingOf(day, hours) <= instant && instant <= closingOf(day, hours);
}

/** The instant itself in office hours, otherwise the next opening. */
export function nextOfficeMoment(instant: Date, hours: OfficeHours): Date {
  const day = dayOf(instant, hours.timezone);
  if (!isOfficeDay(day, hours)) return openingOf(officeDayAfter(day, hours), hours);
  const opening = openingOf(day, hours);
  if (instant < opening) return opening;
  return instant <= closingOf(day, hours) ? instant : openingOf(officeDayAfter(day, hours), hours);
}

/** When the office opens on that day, whether or not it is an office day. */
export const openingOf = (day: CalendarDay, hours: OfficeHours): Date => atClock(day, hours.from, hours.timezone);

/**
 * When the office closes on that day. Never before it opens, even where the clocks are put forward over the opening.
 */
export function closingOf(day: CalendarDay, hours: OfficeHours): Date {
  const opening = openingOf(day, hours);
  const closing = atClock(day, hours.to, hours.timezone);
  return closing < opening ? opening : closing;
}

/** {@link openingOf} for a date such as `2026-12-24`; `null` when the text is not a date. */
export function openingOn(date: string, hours: OfficeHours): Date | null {
  const day = readDay(date);
  return day === null ? null : openingOf(day, hours);
}

/** {@link closingOf} for a date such as `2026-12-24`; `null` when the text is not a date. */
export function closingOn(date: string, hours: OfficeHours): Date | null {
  const day = readDay(date);
  return day === null ? null : closingOf(day, hours);
}

/** The date of an instant in the zone of the office, `2026-12-24`. */
export const dayIn = (instant: Date, hours: OfficeHours): string => dayOf(instant, hours.timezone).toString();

const officeDays = memoisePerOwner<boolean>();
const nearestDays = memoisePerOwner<CalendarDay>();
const keyOf = (day: CalendarDay): string => `${day.year}-${day.month}-${day.day}`;

/** Whether the office opens on that day. */
export function isOfficeDay(day: CalendarDay, hours: OfficeHours): boolean {
  return officeDays(hours, keyOf(day), () => {
    return hours.days.includes(weekdayOf(day)) && !hours.holidays.includes(day.toString());
  });
}

/** The first office day after `day`. */
export const officeDayAfter = (day: CalendarDay, hours: OfficeHours): CalendarDay => nearestOfficeDay(day, hours, 1);

/** The last office day before `day`. */
export const officeDayBefore = (day: CalendarDay, hours: OfficeHours): CalendarDay => nearestOfficeDay(day, hours, -1);

function nearestOfficeDay(day: CalendarDay, hours: OfficeHours, step: 1 | -1): CalendarDay {
  return nearestDays(hours, `${keyOf(day)} ${step}`, () => {
    for (let days = 1; days <= LONGEST_CLOSURE_DAYS; days += 1) {
      const other = daysAfter(day, step * days);
      if (isOfficeDay(other, hours)) return other;
    }
    return daysAfter(day, step);
  });
}
