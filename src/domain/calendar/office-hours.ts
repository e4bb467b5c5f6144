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
 * More days in a row without an office day than any calendar should hold. A policy has at least one day of the week, but
 * may list holidays without end: past so many days the next calendar day is taken, so that deadlines still end. That
 * does not make it an office day: no reminder goes out on it.
 */
const LONGEST_CLOSURE_DAYS = 400;

/** Whether this instant is in office hours. Both ends are, so what is due as the office closes is due in time. */
export function isOfficeMoment(instant: Date, hours: OfficeHours): boolean {
  const day = dayOf(instant, hours.timezone);
  if (!isOfficeDay(day, hours)) return false;
  return openingOf(day, hours) <= instant && instant <= closingOf(day, hours);
}

/** The instant itself inside office hours, else the next opening. */
export function nextOfficeMoment(instant: Date, hours: OfficeHours): Date {
  const day = dayOf(instant, hours.timezone);
  if (!isOfficeDay(day, hours)) return openingOf(officeDayAfter(day, hours), hours);
  const opening = openingOf(day, hours);
  if (instant < opening) return opening;
  return instant <= closingOf(day, hours) ? instant : openingOf(officeDayAfter(day, hours), hours);
}

/** When the office opens on that day, whether or not it is an office day. */
export const openingOf = (day: CalendarDay, hours: OfficeHours): Date => atClock(day, hours.from, hours.timezone);

/** When it closes; never before it opens, as it would where the clocks are put forward over the opening. */
export function closingOf(day: CalendarDay, hours: OfficeHours): Date {
  const opening = openingOf(day, hours);
  const closing = atClock(day, hours.to, hours.timezone);
  return closing < opening ? opening : closing;
}

/** When the office opens, or would, on a date such as `2026-12-24`; `null` for what is no day. */
export function openingOn(date: string, hours: OfficeHours): Date | null {
  const day = readDay(date);
  return day === null ? null : openingOf(day, hours);
}

/** When the office closes, or would, on a date; `null` for what is no day. */
export function closingOn(date: string, hours: OfficeHours): Date | null {
  const day = readDay(date);
  return day === null ? null : closingOf(day, hours);
}

/** The date of an instant in the zone of the office, `2026-12-24`. */
export const dayIn = (instant: Date, hours: OfficeHours): string => dayOf(instant, hours.timezone).toString();

/** Whether the office opens at all on that day. */
export function isOfficeDay(day: CalendarDay, hours: OfficeHours): boolean {
  return hours.days.includes(weekdayOf(day)) && !hours.holidays.includes(day.toString());
}

/** The first office day after that day. */
export const officeDayAfter = (day: CalendarDay, hours: OfficeHours): CalendarDay => nearestOfficeDay(day, hours, 1);

/** The last office day before that day. */
export const officeDayBefore = (day: CalendarDay, hours: OfficeHours): CalendarDay => nearestOfficeDay(day, hours, -1);

function nearestOfficeDay(day: CalendarDay, hours: OfficeHours, step: 1 | -1): CalendarDay {
  for (let days = 1; days <= LONGEST_CLOSURE_DAYS; days += 1) {
    const other = daysAfter(day, step * days);
    if (isOfficeDay(other, hours)) return other;
  }
  return daysAfter(day, step);
}
