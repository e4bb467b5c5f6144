import { Temporal } from "temporal-polyfill";
import type { CalendarDay } from "./days.js";

/** The calendar day of an instant in a time zone. */
export function dayOf(instant: Date, timezone: string): CalendarDay {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timezone).toPlainDate();
}

/**
 * The instant at which a zone's clocks show `HH:MM` on a day. Where they show it twice, the first; where they skip it,
 * the instant at which they would have shown it had they not been put forward.
 */
export function atClock(day: CalendarDay, clock: string, timezone: string): Date {
  // Temporal's default disambiguation, `compatible`, resolves both cases this way.
  return new Date(day.toZonedDateTime({ timeZone: timezone, plainTime: clock }).epochMilliseconds);
}

/**
 * Whether this is a name of the IANA time zone database that this Node knows. Bare offsets such as `+02:00` are
 * refused: they do not follow the change to summer time, so deadlines would be an hour off for half of the year.
 */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    // Temporal also takes whole timestamps and offsets for zones; Intl takes names.
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The names of time zones, for suggesting the one that was meant. */
export function knownTimezones(): string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone")];
}
