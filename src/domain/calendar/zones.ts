import { Temporal } from "temporal-polyfill";
import type { CalendarDay } from "./days.js";
import { DAY_MS } from "./time.js";

/** How many days and moments to remember: the days of a decade, in a few zones. */
const MOST_REMEMBERED = 20_000;

/** A calendar day of a zone and its instants (epoch ms), `to` excluded. */
interface ZonedDay {
  readonly day: CalendarDay;
  readonly from: number;
  readonly to: number;
}

// Both functions depend on their arguments alone and take long, and a verification asks for the same days again and again.
const days = new Map<string, ZonedDay>();
const moments = new Map<string, number>();

/** The calendar day of an instant in a time zone. */
export function dayOf(instant: Date, timezone: string): CalendarDay {
  const at = instant.getTime();
  // A day of UTC has the end of one day of the zone and the beginning of another: the newest that was asked for.
  const key = `${Math.floor(at / DAY_MS)} ${timezone}`;
  const known = days.get(key);
  if (known !== undefined && known.from <= at && at < known.to) return known.day;
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  const day = zoned.toPlainDate();
  const to = day.add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds;
  remember(days, key, { day, from: zoned.startOfDay().epochMilliseconds, to });
  return day;
}

/**
 * The instant at which a zone's clocks show `HH:MM` on a day. Where they show it twice, the first; where they skip it,
 * the instant at which they would have shown it had they not been put forward.
 */
export function atClock(day: CalendarDay, clock: string, timezone: string): Date {
  const key = `${day.year}-${day.month}-${day.day} ${clock} ${timezone}`;
  // Temporal's default disambiguation, `compatible`, resolves both cases this way.
  const moment = moments.get(key) ?? day.toZonedDateTime({ timeZone: timezone, plainTime: clock }).epochMilliseconds;
  if (!moments.has(key)) remember(moments, key, moment);
  return new Date(moment);
}

function remember<Value>(known: Map<string, Value>, key: string, value: Value): void {
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(key, value);
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
