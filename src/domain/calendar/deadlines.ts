import { type OfficeHours, officeDayAfter } from "./office-hours.js";
import { atClock, dayOf } from "./zones.js";

/** A length of time, in seconds or in office days. {@link dueAt} computes its end. */
export type Span = { unit: "seconds"; count: number } | { unit: "businessDays"; count: number };

/**
 * When a span that starts at `from` ends. Seconds are added as they are. `N business days` ends at `officeHours.to` of
 * the Nth office day after the day of `from`, in the zone of `officeHours`. The day of `from` never counts, so a
 * declaration at 3 a.m. and one at noon have the same deadline.
 */
export function dueAt(from: Date, span: Span, officeHours: OfficeHours): Date {
  if (span.unit === "seconds") return new Date(from.getTime() + span.count * 1000);
  let day = dayOf(from, officeHours.timezone);
  for (let counted = 0; counted < span.count; counted += 1) day = officeDayAfter(day, officeHours);
  return atClock(day, officeHours.to, officeHours.timezone);
}
