import type { OfficeHours, Weekday } from "../policy/policy.js";
import { DAY_MS } from "../time.js";

const WEEKDAYS_FROM_SUNDAY: readonly Weekday[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * More days in a row without an office day than any calendar should hold. A policy has at least one day of the week, but
 * may list holidays without end: past so many days the next calendar day is taken, so that deadlines still end. That
 * does not make it an office day: nothing is told on it.
 */
const LONGEST_CLOSURE_DAYS = 400;

/** Is this an instant of office hours? Both ends belong to them, so that what is due as the office closes is due in time. */
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

/** When the office opens on that day. */
export const openingOf = (day: Date, hours: OfficeHours): Date => atClock(day, hours.from, hours.timezone);
/** When it closes; never before it opens, as it would where the clocks are put forward over the opening. */
export function closingOf(day: Date, hours: OfficeHours): Date {
  const opening = openingOf(day, hours);
  const closing = atClock(day, hours.to, hours.timezone);
  return closing < opening ? opening : closing;
}

/** The first office day after that day. */
export const officeDayAfter = (day: Date, hours: OfficeHours): Date => nearestOfficeDay(day, hours, 1);
/** The last office day before that day. */
export const officeDayBefore = (day: Date, hours: OfficeHours): Date => nearestOfficeDay(day, hours, -1);

function nearestOfficeDay(day: Date, hours: OfficeHours, step: 1 | -1): Date {
  for (let days = 1; days <= LONGEST_CLOSURE_DAYS; days += 1) {
    const other = new Date(day.getTime() + step * days * DAY_MS);
    if (isOfficeDay(other, hours)) return other;
  }
  return new Date(day.getTime() + step * DAY_MS);
}

/** The calendar day of an instant in the zone of the office, `2026-12-24`. */
export const dayIn = (instant: Date, hours: OfficeHours): string =>
  dayOf(instant, hours.timezone).toISOString().slice(0, 10);

/** When the office closes, or would, on a calendar day such as `2026-12-24`; `null` for what is no day. */
export function closingOn(date: string, hours: OfficeHours): Date | null {
  const day = readDay(date);
  return day === null ? null : closingOf(day, hours);
}

/** When the office opens, or would, on a calendar day; `null` for what is no day. */
export function openingOn(date: string, hours: OfficeHours): Date | null {
  const day = readDay(date);
  return day === null ? null : openingOf(day, hours);
}

function readDay(date: string): Date | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return null;
  const day = new Date(`${date}T00:00:00.000Z`);
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date ? null : day;
}

/** A calendar day is held as its midnight in UTC, so that stepping from day to day never meets a change of the clocks. */
export function dayOf(instant: Date, timezone: string): Date {
  const shifted = new Date(instant.getTime() + offsetMs(instant, timezone));
  return new Date(Math.floor(shifted.getTime() / DAY_MS) * DAY_MS);
}

/** The day of the week of a calendar day. */
export const weekdayOf = (day: Date): Weekday | null => WEEKDAYS_FROM_SUNDAY[day.getUTCDay()] ?? null;

/** Does the office open at all on that calendar day? */
export function isOfficeDay(day: Date, officeHours: OfficeHours): boolean {
  const weekday = weekdayOf(day);
  if (weekday === null || !officeHours.days.includes(weekday)) return false;
  return !officeHours.holidays.includes(day.toISOString().slice(0, 10));
}

/**
 * The instant at which a zone's clocks show `HH:MM` on a day. Where they show it twice, the first; where they skip it, the
 * instant at which they would have shown it, had they not been put forward.
 */
export function atClock(day: Date, clock: string, timezone: string): Date {
  const [hours = "0", minutes = "0"] = clock.split(":");
  const wall = day.getTime() + (Number(hours) * 60 + Number(minutes)) * 60_000;
  // No zone is ever a day away from UTC, so these two offsets are those before and after any change near `wall`.
  const before = offsetMs(new Date(wall - DAY_MS), timezone);
  const after = offsetMs(new Date(wall + DAY_MS), timezone);
  const shown = [wall - before, wall - after]
    .sort((a, b) => a - b)
    .find((candidate) => candidate + offsetMs(new Date(candidate), timezone) === wall);
  return new Date(shown ?? wall - before);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds; whole seconds. */
function offsetMs(instant: Date, timezone: string): number {
  const parts = new Map(
    formatFor(timezone)
      .formatToParts(instant)
      .map((part) => [part.type, Number(part.value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - Math.floor(instant.getTime() / 1000) * 1000;
}

/** Making a format takes far longer than using it. */
function formatFor(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formats.set(timezone, format);
  return format;
}
