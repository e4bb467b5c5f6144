import type { OfficeHours, Span, Weekday } from "../policy/policy.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const WEEKDAYS_FROM_SUNDAY: readonly Weekday[] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * When a span that counts from `from` ends. Seconds are added as they are. `N business days` ends at `officeHours.to` of
 * the Nth office day after the day that `from` is in, in the zone of `officeHours`: a day that has begun does not count,
 * whatever the hour, so a declaration at 3 a.m. and one at noon give the same deadline.
 */
export function dueAt(from: Date, span: Span, officeHours: OfficeHours): Date {
  if (span.unit === "seconds") return new Date(from.getTime() + span.count * 1000);
  let day = dayOf(from, officeHours.timezone);
  for (let counted = 0; counted < span.count; ) {
    day = new Date(day.getTime() + DAY_MS);
    if (isOfficeDay(day, officeHours)) counted += 1;
  }
  return atClock(day, officeHours.to, officeHours.timezone);
}

/** A calendar day is held as its midnight in UTC, so that stepping from day to day never meets a change of the clocks. */
function dayOf(instant: Date, timezone: string): Date {
  const shifted = new Date(instant.getTime() + offsetMs(instant, timezone));
  return new Date(Math.floor(shifted.getTime() / DAY_MS) * DAY_MS);
}

function isOfficeDay(day: Date, officeHours: OfficeHours): boolean {
  const weekday = WEEKDAYS_FROM_SUNDAY[day.getUTCDay()];
  if (weekday === undefined || !officeHours.days.includes(weekday)) return false;
  return !officeHours.holidays.includes(day.toISOString().slice(0, 10));
}

/**
 * The instant at which a zone's clocks show `HH:MM` on a day. Where they show it twice, the first; where they skip it, the
 * instant at which they would have shown it, had they not been put forward.
 */
function atClock(day: Date, clock: string, timezone: string): Date {
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
