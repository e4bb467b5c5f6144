import { Temporal } from "temporal-polyfill";

/** The days of the week as the policy writes them, Monday first. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** `mon` to `sun`. */
export type Weekday = (typeof WEEKDAYS)[number];

/** A time of day on the 24-hour clock, `HH:MM`. */
export const CLOCK_PATTERN = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** The shape of a calendar date, `YYYY-MM-DD`; `readDay` checks that the day exists. */
export const DATE_PATTERN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** A calendar day, without a time zone. Compare two with {@link isLaterDay}: `<` and `===` do not work on them. */
export type CalendarDay = Temporal.PlainDate;

/** Reads a date such as `2026-12-24`; `null` for any other text, and for a day that does not exist. */
export function readDay(text: string): CalendarDay | null {
  if (!DATE_PATTERN.test(text)) return null;
  try {
    return Temporal.PlainDate.from(text);
  } catch {
    return null;
  }
}

/** The weekday of a calendar day. */
export function weekdayOf(day: CalendarDay): Weekday {
  const weekday = WEEKDAYS[day.dayOfWeek - 1];
  if (weekday === undefined) throw new RangeError(`A week has no day ${day.dayOfWeek}.`);
  return weekday;
}

/** The calendar day `days` later, or earlier when the number is negative. */
export const daysAfter = (day: CalendarDay, days: number): CalendarDay => day.add({ days });

/** Whether `day` comes after `other`. */
export const isLaterDay = (day: CalendarDay, other: CalendarDay): boolean => Temporal.PlainDate.compare(day, other) > 0;
