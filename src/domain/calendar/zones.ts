import { Temporal } from "temporal-polyfill";
import { memoisePerOwner } from "../../lib/memoise.js";
import type { CalendarDay } from "./days.js";
import { DAY_MS } from "./time.js";

/** A calendar day of a zone and its instants (epoch ms), `to` excluded. */
interface ZonedDay {
  readonly day: CalendarDay;
  readonly from: number;
  readonly to: number;
}

const ZONES = {};
const days = memoisePerOwner<ZonedDay[]>();
const moments = memoisePerOwner<number>();

/** The calendar day of an instant in a time zone. */
export function dayOf(instant: Date, timezone: string): CalendarDay {
  const at = instant.getTime();
  // A day of UTC holds parts of two days of the zone.
  const ofUtcDay = days(ZONES, `${Math.floor(at / DAY_MS)} ${timezone}`, () => []);
  const known = ofUtcDay.find(({ from, to }) => from <= at && at < to);
  if (known !== undefined) return known.day;
  const zoned = zonedDay(at, timezone);
  ofUtcDay.push(zoned);
  return zoned.day;
}

function zonedDay(at: number, timezone: string): ZonedDay {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
  const day = zoned.toPlainDate();
  const to = day.add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds;
  return { day, from: zoned.startOfDay().epochMilliseconds, to };
}

/**
 * The instant at which a zone's clocks show `HH:MM` on a day. Where they show it twice, the first; where they skip it,
 * the instant at which they would have shown it had they not been put forward.
 */
export function atClock(day: CalendarDay, clock: string, timezone: string): Date {
  const key = `${day.year}-${day.month}-${day.day} ${clock} ${timezone}`;
  // Temporal's default disambiguation, `compatible`, resolves both cases this way.
  return new Date(
    moments(ZONES, key, () => day.toZonedDateTime({ timeZone: timezone, plainTime: clock }).epochMilliseconds),
  );
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
