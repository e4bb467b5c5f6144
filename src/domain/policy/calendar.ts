/** The days of the week as the policy writes them, Monday first. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** A time of day on the 24-hour clock, `HH:MM`. */
export const CLOCK_PATTERN = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** The shape of a calendar date, `YYYY-MM-DD`; `isRealDate` says whether there is such a day. */
export const DATE_PATTERN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Whether the calendar has this day: `2026-02-30` has the right shape and is no day. */
export function isRealDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/**
 * Whether this is a name of the IANA time zone database that this Node knows. Bare offsets such as `+02:00` are refused:
 * they do not follow the change to summer time, so deadlines would be an hour off for half of the year.
 */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The names of time zones, to find the one that was meant. */
export function knownTimezones(): string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone")];
}
