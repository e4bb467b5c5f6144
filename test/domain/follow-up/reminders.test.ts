import { Temporal } from "temporal-polyfill";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  escalationAt,
  type FollowUpPlan,
  lastReminderBy,
  overdueAt,
  reminderAfter,
} from "../../../src/domain/follow-up/reminders.js";
import { parseReminder, parseSpan } from "../../../src/domain/policy/durations.js";
import type { OfficeHours } from "../../../src/domain/policy/policy.js";

const BERLIN: OfficeHours = {
  timezone: "Europe/Berlin",
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "09:00",
  to: "17:00",
  holidays: ["2026-12-25", "2026-12-28"],
};
const NEW_YORK: OfficeHours = { ...BERLIN, timezone: "America/New_York", holidays: [] };
const KOLKATA: OfficeHours = { ...BERLIN, timezone: "Asia/Kolkata", holidays: [] };
const LORD_HOWE: OfficeHours = { ...BERLIN, timezone: "Australia/Lord_Howe", days: ["sun", "mon"], holidays: [] };

const iso = (short: string): string => new Date(`${short}Z`).toISOString();

function followUp(
  due: string,
  rules: readonly string[],
  officeHours = BERLIN,
  opened = "2026-01-01T00:00",
): FollowUpPlan {
  const escalateAfter = parseSpan("3 business days");
  const read = rules.flatMap((text) => parseReminder(text) ?? []);
  expect(read).toHaveLength(rules.length);
  return { openedAt: iso(opened), dueAt: iso(due), rules: read, escalateAfter, officeHours };
}

/** The first reminders, such as `2026-06-25T15:00 due`. */
function first(plan: FollowUpPlan, count = 10): readonly string[] {
  const told: string[] = [];
  for (let next = reminderAfter(plan, null); next !== null && told.length < count; next = reminderAfter(plan, next.at))
    told.push(`${next.at.replace(":00.000Z", "")} ${next.stage}`);
  return told;
}

describe("One rule gives one moment", () => {
  test.each([
    [
      "a day before is told as the office opens",
      "2026-06-25T15:00",
      "1 business day before",
      "2026-06-24T07:00 before",
    ],
    ["over a week-end", "2026-06-29T15:00", "1 business day before", "2026-06-26T07:00 before"],
    ["over Christmas", "2026-12-29T16:00", "2 business days before", "2026-12-23T08:00 before"],
    ["from a Sunday", "2026-06-28T10:00", "1 business day before", "2026-06-26T07:00 before"],
    ["hours before, in office hours", "2026-06-25T15:00", "4h before", "2026-06-25T11:00 before"],
    ["hours before, at night: as the office opens", "2026-06-25T08:00", "4h before", "2026-06-25T07:00 before"],
    ["hours before, all of them at night", "2026-06-25T05:00", "1h before", "2026-06-24T07:00 before"],
    ["hours before, in the evening of an office day", "2026-06-29T18:00", "1h before", "2026-06-29T07:00 before"],
    ["hours before, as the office opens", "2026-06-29T07:00", "1h before", "2026-06-26T07:00 before"],
    ["hours before, on a Saturday", "2026-06-27T10:00", "2h before", "2026-06-26T07:00 before"],
    ["hours before, on a holiday", "2026-12-25T12:00", "2h before", "2026-12-24T08:00 before"],
    ["as it is due, at the close", "2026-06-25T15:00", "at due", "2026-06-25T15:00 due"],
    ["due a minute after the close", "2026-06-25T15:01", "at due", "2026-06-26T07:00 due"],
    ["due on a Saturday", "2026-06-27T10:00", "at due", "2026-06-29T07:00 due"],
    ["hours after", "2026-06-25T09:00", "4h after", "2026-06-25T13:00 after"],
    ["hours after, at night", "2026-06-25T15:00", "4h after", "2026-06-26T07:00 after"],
    ["a day after ends at the close", "2026-06-26T15:00", "1 business day after", "2026-06-29T15:00 after"],
  ])("%s", (_, due, rule, told) => {
    expect(first(followUp(due, [rule]))).toEqual([told]);
  });
});

describe("Changes of the clocks", () => {
  test.each([
    ["Berlin, to summer", BERLIN, "2026-03-27T16:00", ["2026-03-27T16:00 due", "2026-03-30T07:00 after"]],
    ["Berlin, to winter", BERLIN, "2026-10-23T15:00", ["2026-10-23T15:00 due", "2026-10-26T08:00 after"]],
    ["New York, to summer", NEW_YORK, "2026-03-06T22:00", ["2026-03-06T22:00 due", "2026-03-09T13:00 after"]],
    ["New York, to winter", NEW_YORK, "2026-10-30T21:00", ["2026-10-30T21:00 due", "2026-11-02T14:00 after"]],
    ["Kolkata has none", KOLKATA, "2026-03-27T11:30", ["2026-03-27T11:30 due", "2026-03-30T03:30 after"]],
    // Half an hour back on Sunday 5 April, half an hour forward on Sunday 4 October.
    ["Lord Howe, to winter", LORD_HOWE, "2026-03-30T06:00", ["2026-03-30T06:00 due", "2026-04-04T22:30 after"]],
    ["Lord Howe, to summer", LORD_HOWE, "2026-09-28T06:30", ["2026-09-28T06:30 due", "2026-10-03T22:00 after"]],
  ])("%s", (_, office, due, told) => {
    expect(first(followUp(due, ["at due", "daily after"], office), 2)).toEqual(told);
  });
});

describe("Rules together", () => {
  const usual = ["daily after", "at due", "1 business day before"];

  test("are in the order of time, whatever their order in the policy", () => {
    expect(first(followUp("2026-12-24T16:00", usual), 4)).toEqual([
      "2026-12-23T08:00 before",
      "2026-12-24T16:00 due",
      "2026-12-29T08:00 after",
      "2026-12-30T08:00 after",
    ]);
  });

  test("at one moment are one reminder, which tells the later stage", () => {
    expect(first(followUp("2026-06-27T10:00", ["1h after", "at due"]))).toEqual(["2026-06-29T07:00 after"]);
    expect(first(followUp("2026-06-27T10:00", ["at due", "1h after"]))).toEqual(["2026-06-29T07:00 after"]);
  });

  test("leave out what was planned for the opening or before it", () => {
    expect(first(followUp("2026-06-25T15:00", usual, BERLIN, "2026-06-24T07:00"), 1)).toEqual(["2026-06-25T15:00 due"]);
    expect(first(followUp("2026-06-25T15:00", usual, BERLIN, "2026-06-29T10:00"), 1)).toEqual([
      "2026-06-30T07:00 after",
    ]);
    expect(
      lastReminderBy(followUp("2026-06-25T15:00", usual, BERLIN, "2026-06-29T10:00"), iso("2026-06-29T12:00")),
    ).toBe(null);
  });

  test("leave it out of what was planned by now, too", () => {
    const plan = followUp("2026-06-25T15:00", usual, BERLIN, "2026-06-24T07:00");
    expect(lastReminderBy(plan, iso("2026-06-24T12:00"))).toBe(null);
    expect(lastReminderBy({ ...plan, openedAt: iso("2026-06-24T06:59") }, iso("2026-06-24T12:00"))?.stage).toBe(
      "before",
    );
  });

  test("may be none", () => {
    const plan = followUp("2026-06-25T15:00", []);
    expect(reminderAfter(plan, null)).toBe(null);
    expect(lastReminderBy(plan, iso("2030-01-01T00:00"))).toBe(null);
  });
});

describe("What is not written in time", () => {
  test("is named at the first office moment after", () => {
    expect(overdueAt(iso("2026-06-25T15:00"), BERLIN)).toBe(iso("2026-06-26T07:00"));
    expect(overdueAt(iso("2026-06-26T15:00"), BERLIN)).toBe(iso("2026-06-29T07:00"));
    expect(overdueAt(iso("2026-06-25T10:00"), BERLIN)).toBe("2026-06-25T10:00:00.001Z");
  });

  test("is raised so many business days after, or never", () => {
    const plan = followUp("2026-12-24T16:00", []);
    expect(escalationAt(plan)).toBe(iso("2026-12-31T16:00"));
    expect(escalationAt({ ...plan, escalateAfter: parseSpan("1h") })).toBe(iso("2026-12-29T08:00"));
    expect(escalationAt({ ...plan, escalateAfter: null })).toBe(null);
  });
});

describe("Five years after it was due", () => {
  afterEach(() => vi.restoreAllMocks());

  test("the plan is read as fast as on the first day", () => {
    const plan = followUp("2026-06-25T15:00", ["1 business day before", "at due", "daily after"]);
    const reads = [
      vi.spyOn(Temporal.Instant.prototype, "toZonedDateTimeISO"),
      vi.spyOn(Temporal.PlainDate.prototype, "toZonedDateTime"),
      vi.spyOn(Temporal.PlainDate.prototype, "add"),
    ];
    const count = () => reads.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    expect(reminderAfter(plan, iso("2031-06-27T12:00"))).toEqual({ at: iso("2031-06-30T07:00"), stage: "after" });
    expect(lastReminderBy(plan, iso("2031-06-29T12:00"))).toEqual({ at: iso("2031-06-27T07:00"), stage: "after" });
    expect(count()).toBeGreaterThan(0);
    expect(count()).toBeLessThan(80);
  });
});
