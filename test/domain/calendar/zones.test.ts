import { describe, expect, test } from "vitest";
import { daysAfter, isLaterDay, readDay, weekdayOf } from "../../../src/domain/calendar/days.js";
import { atClock, dayOf, isTimezone, knownTimezones } from "../../../src/domain/calendar/zones.js";

const day = (date: string) => {
  const read = readDay(date);
  if (read === null) throw new Error(`${date} is not a date.`);
  return read;
};

describe("The instant at which the clocks of a zone show a time", () => {
  test.each([
    ["in winter", "2027-01-15", "09:00", "Europe/Berlin", "2027-01-15T08:00:00.000Z"],
    ["in summer", "2027-07-15", "09:00", "Europe/Berlin", "2027-07-15T07:00:00.000Z"],
    [
      "skipped in spring: as if the clocks had not changed",
      "2027-03-28",
      "02:30",
      "Europe/Berlin",
      "2027-03-28T01:30:00.000Z",
    ],
    ["just before the gap in spring", "2027-03-28", "01:59", "Europe/Berlin", "2027-03-28T00:59:00.000Z"],
    ["just after the gap in spring", "2027-03-28", "03:00", "Europe/Berlin", "2027-03-28T01:00:00.000Z"],
    ["shown twice in autumn: the first", "2027-10-31", "02:30", "Europe/Berlin", "2027-10-31T00:30:00.000Z"],
    ["after the overlap in autumn", "2027-10-31", "03:00", "Europe/Berlin", "2027-10-31T02:00:00.000Z"],
    ["skipped in New York", "2027-03-14", "02:30", "America/New_York", "2027-03-14T07:30:00.000Z"],
    ["shown twice in New York", "2027-11-07", "01:30", "America/New_York", "2027-11-07T05:30:00.000Z"],
    [
      "skipped where clocks change by half an hour",
      "2027-10-03",
      "02:15",
      "Australia/Lord_Howe",
      "2027-10-02T15:45:00.000Z",
    ],
    [
      "shown twice where clocks change by half an hour",
      "2027-04-04",
      "01:45",
      "Australia/Lord_Howe",
      "2027-04-03T14:45:00.000Z",
    ],
    ["on a day that the zone skipped", "2011-12-30", "09:00", "Pacific/Apia", "2011-12-30T19:00:00.000Z"],
  ])("is found: %s", (_, date, clock, timezone, instant) => {
    expect(atClock(day(date), clock, timezone).toISOString()).toBe(instant);
  });
});

describe("The calendar day of an instant", () => {
  test.each([
    ["2027-06-23T22:30:00.000Z", "Europe/Berlin", "2027-06-24"],
    ["2027-06-23T22:30:00.000Z", "America/New_York", "2027-06-23"],
    ["2027-03-27T22:59:59.999Z", "Europe/Berlin", "2027-03-27"],
    ["2027-03-27T23:00:00.000Z", "Europe/Berlin", "2027-03-28"],
    ["2027-10-31T22:59:59.999Z", "Europe/Berlin", "2027-10-31"],
  ])("at %s in %s is %s", (instant, timezone, date) => {
    expect(dayOf(new Date(instant), timezone).toString()).toBe(date);
  });
});

describe("A calendar day", () => {
  test("is read only from a valid date", () => {
    expect(readDay("2028-02-29")?.toString()).toBe("2028-02-29");
    for (const text of ["2027-02-29", "2027-2-3", "20270203", "2027-02-03T00:00", "2027-13-01", "+002027-02-03", ""])
      expect(readDay(text), text).toBeNull();
  });

  test("has a day of the week, and neighbours across months and clock changes", () => {
    expect(weekdayOf(day("2027-03-28"))).toBe("sun");
    expect(weekdayOf(day("2027-03-29"))).toBe("mon");
    expect(daysAfter(day("2027-02-28"), 1).toString()).toBe("2027-03-01");
    expect(daysAfter(day("2027-03-29"), -1).toString()).toBe("2027-03-28");
  });

  test("is later than an earlier day only", () => {
    expect(isLaterDay(day("2027-03-29"), day("2027-03-28"))).toBe(true);
    expect(isLaterDay(day("2027-03-28"), day("2027-03-28"))).toBe(false);
    expect(isLaterDay(day("2027-03-28"), day("2027-03-29"))).toBe(false);
  });
});

describe("A time zone", () => {
  test.each(["Europe/Berlin", "UTC", "America/New_York"])("is known by its IANA name: %s", (name) => {
    expect(isTimezone(name)).toBe(true);
    expect(knownTimezones()).toContain(name);
  });

  // Temporal accepts the last two as zones.
  test.each(["Europe/Berlim", "", "Z", "+02:00", "2027-01-01T00:00[UTC]"])(
    "is refused when it is not an IANA name: %j",
    (name) => {
      expect(isTimezone(name)).toBe(false);
    },
  );
});
