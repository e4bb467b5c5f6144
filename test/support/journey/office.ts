import type { CalendarDay } from "../../../src/domain/calendar/days.js";
import { dueAt } from "../../../src/domain/calendar/deadlines.js";
import { closingOf, nextOfficeMoment, officeDayAfter, openingOf } from "../../../src/domain/calendar/office-hours.js";
import { dayOf } from "../../../src/domain/calendar/zones.js";
import type { OfficeHours } from "../../../src/domain/policy/policy.js";
import { samplePolicy } from "../domain/policies.js";

/** Office hours of the sample company. */
const OFFICE: OfficeHours = samplePolicy.officeHours;

/** When the office opens on the `count`th office day after the day of that time (ISO). */
export function opening(after: string, count = 1): string {
  return openingOf(dayAfter(after, count), OFFICE).toISOString();
}

/** When the office closes on the `count`th office day after the day of that time (ISO). */
export function closing(after: string, count = 0): string {
  return closingOf(dayAfter(after, count), OFFICE).toISOString();
}

/** When the review of a bypass declared at that time is due. */
export const reviewDue = (declaredAt: string): string =>
  dueAt(new Date(declaredAt), { unit: "businessDays", count: 2 }, OFFICE).toISOString();

/** The next time at which the office is open. */
export const atWork = (after: string): string => nextOfficeMoment(new Date(after), OFFICE).toISOString();

function dayAfter(after: string, count: number): CalendarDay {
  let day = dayOf(new Date(after), OFFICE.timezone);
  for (let counted = 0; counted < count; counted += 1) day = officeDayAfter(day, OFFICE);
  return day;
}
