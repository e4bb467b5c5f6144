import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueAt } from "../../../src/domain/calendar/deadlines.js";
import type { OfficeHours, Span, Weekday } from "../../../src/domain/policy/policy.js";

const BERLIN: OfficeHours = {
  timezone: "Europe/Berlin",
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "09:00",
  to: "17:00",
  holidays: ["2026-12-25", "2026-12-28"],
};
const days = (count: number): Span => ({ unit: "businessDays", count });

function due(from: string, span: Span, officeHours: OfficeHours = BERLIN): string {
  return dueAt(new Date(from), span, officeHours).toISOString().replace(".000", "");
}

describe("a span in seconds", () => {
  it("is added as it is, across weekends, holidays and clock changes", () => {
    expect(due("2026-03-28T23:00:00Z", { unit: "seconds", count: 36 * 3600 })).toBe("2026-03-30T11:00:00Z");
  });
});

describe("business days", () => {
  it.each([
    ["from a Tuesday at noon", "2026-06-23T10:00:00Z", 2, "2026-06-25T15:00:00Z"],
    ["from the same Tuesday before the office opens", "2026-06-23T01:00:00Z", 2, "2026-06-25T15:00:00Z"],
    ["from the same Tuesday after it has closed", "2026-06-23T20:00:00Z", 2, "2026-06-25T15:00:00Z"],
    ["across a weekend", "2026-06-26T10:00:00Z", 1, "2026-06-29T15:00:00Z"],
    ["from a Saturday", "2026-06-27T10:00:00Z", 1, "2026-06-29T15:00:00Z"],
    ["from a Sunday, two of them", "2026-06-28T10:00:00Z", 2, "2026-06-30T15:00:00Z"],
    [
      "late in the evening UTC, when it is already Wednesday in Berlin",
      "2026-06-23T22:30:00Z",
      1,
      "2026-06-25T15:00:00Z",
    ],
    ["across Christmas, with its holidays and weekend", "2026-12-24T10:00:00Z", 1, "2026-12-29T16:00:00Z"],
    ["across the change to summer time (29 March 2026)", "2026-03-27T10:00:00Z", 1, "2026-03-30T15:00:00Z"],
    ["across the change to winter time (25 October 2026)", "2026-10-23T10:00:00Z", 1, "2026-10-26T16:00:00Z"],
    ["across the turn of the year", "2026-12-30T10:00:00Z", 2, "2027-01-01T16:00:00Z"],
    ["ten, which are two weeks", "2026-06-23T10:00:00Z", 10, "2026-07-07T15:00:00Z"],
  ])("end at closing time: %s", (_, from, count, end) => {
    expect(due(from, days(count))).toBe(end);
  });

  it("count the office days of the policy, which need not be those of Europe", () => {
    const dubai: OfficeHours = { ...BERLIN, timezone: "Asia/Dubai", days: ["sun"], to: "13:30", holidays: [] };
    expect(due("2026-06-21T08:00:00Z", days(1), dubai)).toBe("2026-06-28T09:30:00Z");
  });

  it("end at the first of two times when the clocks show closing time twice", () => {
    const sundays: OfficeHours = { ...BERLIN, days: ["sun"], from: "01:00", to: "02:30" };
    expect(due("2026-10-24T10:00:00Z", days(1), sundays)).toBe("2026-10-25T00:30:00Z");
  });

  it("end when the clocks would have shown closing time had they not been put forward", () => {
    const sundays: OfficeHours = { ...BERLIN, days: ["sun"], from: "01:00", to: "02:30" };
    expect(due("2026-03-28T10:00:00Z", days(1), sundays)).toBe("2026-03-29T01:30:00Z");
  });
});

describe("business days in any calendar and zone", () => {
  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/St_Johns",
  ];
  const weekdays: Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  const calendar = fc.record({
    timezone: fc.constantFrom(...zones),
    days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }),
    from: fc.constant("08:00"),
    to: fc.constantFrom("12:00", "17:00", "23:30"),
    holidays: fc.uniqueArray(fc.constantFrom("2026-01-01", "2026-05-01", "2026-12-24", "2026-12-25"), { maxLength: 4 }),
  });
  const instant = fc.date({
    min: new Date("2024-01-01T00:00:00Z"),
    max: new Date("2028-01-01T00:00:00Z"),
    noInvalidDate: true,
  });
  const count = fc.integer({ min: 1, max: 15 });

  /** What a wall clock in the zone shows, formatted by other means than the code under test. */
  const wall = (at: Date, zone: string) => ({
    day: at.toLocaleDateString("sv-SE", { timeZone: zone }),
    clock: at.toLocaleTimeString("sv-SE", { timeZone: zone, hour: "2-digit", minute: "2-digit" }),
    weekday: at.toLocaleDateString("en-GB", { timeZone: zone, weekday: "short" }).toLowerCase(),
  });

  it("end on a later office day that is no holiday, when the clocks show closing time", () => {
    fc.assert(
      fc.property(calendar, instant, count, (hours, from, n) => {
        const shown = wall(dueAt(from, days(n), hours), hours.timezone);
        expect(shown.clock).toBe(hours.to);
        expect(hours.days).toContain(shown.weekday);
        expect(hours.holidays).not.toContain(shown.day);
        expect(shown.day > wall(from, hours.timezone).day).toBe(true);
      }),
    );
  });

  it("add up: N days and then one more day are N + 1 days", () => {
    fc.assert(
      fc.property(calendar, instant, count, (hours, from, n) => {
        const step = dueAt(dueAt(from, days(n), hours), days(1), hours);
        expect(dueAt(from, days(n + 1), hours)).toEqual(step);
      }),
    );
  });

  it("never end earlier for a later start", () => {
    fc.assert(
      fc.property(calendar, instant, instant, count, (hours, a, b, n) => {
        const [early, late] = a < b ? [a, b] : [b, a];
        expect(dueAt(early, days(n), hours).getTime()).toBeLessThanOrEqual(dueAt(late, days(n), hours).getTime());
      }),
    );
  });

  it("skip no office day", () => {
    fc.assert(
      fc.property(calendar, instant, (hours, from) => {
        const end = wall(dueAt(from, days(1), hours), hours.timezone).day;
        const skipped: string[] = [];
        for (let noon = Date.parse(`${wall(from, hours.timezone).day}T12:00:00Z`) + 86_400_000; ; noon += 86_400_000) {
          const day = new Date(noon).toISOString().slice(0, 10);
          if (day >= end) break;
          const weekday = wall(new Date(noon), "UTC").weekday;
          if (hours.days.some((open) => open === weekday) && !hours.holidays.some((holiday) => holiday === day))
            skipped.push(day);
        }
        expect(skipped).toEqual([]);
      }),
    );
  });
});
