import { Temporal } from "temporal-polyfill";
import { afterEach, describe, expect, test, vi } from "vitest";
import { parseReminder, parseSpan } from "../../../src/domain/policy/durations.js";
import type { OfficeHours } from "../../../src/domain/policy/policy.js";
import {
  escalationAt,
  type FollowUpPlan,
  lastReminderBy,
  overdueAt,
  reminderAfter,
} from "../../../src/domain/reminders/schedule.js";

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

function planOf(
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
  const lines: string[] = [];
  for (let next = reminderAfter(plan, null); next !== null && lines.length < count; next = reminderAfter(plan, next.at))
    lines.push(`${next.at.replace(":00.000Z", "")} ${next.stage}`);
  return lines;
}

describe("A single reminder rule", () => {
  test.each([
    [
      "a business day before: as the office opens",
      "2026-06-25T15:00",
      "1 business day before",
      "2026-06-24T07:00 before",
    ],
    ["a business day before, across a weekend", "2026-06-29T15:00", "1 business day before", "2026-06-26T07:00 before"],
    ["business days before, across holidays", "2026-12-29T16:00", "2 business days before", "2026-12-23T08:00 before"],
    [
      "a business day before a due time on a Sunday",
      "2026-06-28T10:00",
      "1 business day before",
      "2026-06-26T07:00 before",
    ],
    ["hours before, in office hours", "2026-06-25T15:00", "4h before", "2026-06-25T11:00 before"],
    ["hours before, at night: as the office opens", "2026-06-25T08:00", "4h before", "2026-06-25T07:00 before"],
    [
      "hours before, all at night: at the last opening before",
      "2026-06-25T05:00",
      "1h before",
      "2026-06-24T07:00 before",
    ],
    [
      "hours before a due time in the evening of an office day",
      "2026-06-29T18:00",
      "1h before",
      "2026-06-29T07:00 before",
    ],
    ["hours before a due time at the opening", "2026-06-29T07:00", "1h before", "2026-06-26T07:00 before"],
    ["hours before a due time on a Saturday", "2026-06-27T10:00", "2h before", "2026-06-26T07:00 before"],
    ["hours before a due time on a holiday", "2026-12-25T12:00", "2h before", "2026-12-24T08:00 before"],
    ["at due, when due at closing time", "2026-06-25T15:00", "at due", "2026-06-25T15:00 due"],
    ["at due, when due a minute after closing time", "2026-06-25T15:01", "at due", "2026-06-26T07:00 due"],
    ["at due, when due on a Saturday", "2026-06-27T10:00", "at due", "2026-06-29T07:00 due"],
    ["hours after, in office hours", "2026-06-25T09:00", "4h after", "2026-06-25T13:00 after"],
    ["hours after, at night: at the next opening", "2026-06-25T15:00", "4h after", "2026-06-26T07:00 after"],
    ["a business day after: at closing time", "2026-06-26T15:00", "1 business day after", "2026-06-29T15:00 after"],
  ])("gives one reminder: %s", (_, due, rule, reminder) => {
    expect(first(planOf(due, [rule]))).toEqual([reminder]);
  });
});

describe("Reminders across a clock change", () => {
  test.each([
    ["Berlin, to summer", BERLIN, "2026-03-27T16:00", ["2026-03-27T16:00 due", "2026-03-30T07:00 after"]],
    ["Berlin, to winter", BERLIN, "2026-10-23T15:00", ["2026-10-23T15:00 due", "2026-10-26T08:00 after"]],
    ["New York, to summer", NEW_YORK, "2026-03-06T22:00", ["2026-03-06T22:00 due", "2026-03-09T13:00 after"]],
    ["New York, to winter", NEW_YORK, "2026-10-30T21:00", ["2026-10-30T21:00 due", "2026-11-02T14:00 after"]],
    ["Kolkata, which has none", KOLKATA, "2026-03-27T11:30", ["2026-03-27T11:30 due", "2026-03-30T03:30 after"]],
    // Half an hour back on Sunday 5 April, half an hour forward on Sunday 4 October.
    ["Lord Howe, to winter", LORD_HOWE, "2026-03-30T06:00", ["2026-03-30T06:00 due", "2026-04-04T22:30 after"]],
    ["Lord Howe, to summer", LORD_HOWE, "2026-09-28T06:30", ["2026-09-28T06:30 due", "2026-10-03T22:00 after"]],
  ])("keep to the clocks of the office: %s", (_, office, due, reminders) => {
    expect(first(planOf(due, ["at due", "daily after"], office), 2)).toEqual(reminders);
  });
});

describe("Several reminder rules", () => {
  const usual = ["daily after", "at due", "1 business day before"];

  test("give reminders in chronological order, whatever their order in the policy", () => {
    expect(first(planOf("2026-12-24T16:00", usual), 4)).toEqual([
      "2026-12-23T08:00 before",
      "2026-12-24T16:00 due",
      "2026-12-29T08:00 after",
      "2026-12-30T08:00 after",
    ]);
  });

  test("at the same moment give one reminder, with the later stage", () => {
    expect(first(planOf("2026-06-27T10:00", ["1h after", "at due"]))).toEqual(["2026-06-29T07:00 after"]);
    expect(first(planOf("2026-06-27T10:00", ["at due", "1h after"]))).toEqual(["2026-06-29T07:00 after"]);
  });

  test("give no reminder at or before the moment the work was opened", () => {
    expect(first(planOf("2026-06-25T15:00", usual, BERLIN, "2026-06-24T07:00"), 1)).toEqual(["2026-06-25T15:00 due"]);
    expect(first(planOf("2026-06-25T15:00", usual, BERLIN, "2026-06-29T10:00"), 1)).toEqual(["2026-06-30T07:00 after"]);
    expect(lastReminderBy(planOf("2026-06-25T15:00", usual, BERLIN, "2026-06-29T10:00"), iso("2026-06-29T12:00"))).toBe(
      null,
    );
  });

  test("give no last reminder at or before the moment the work was opened", () => {
    const plan = planOf("2026-06-25T15:00", usual, BERLIN, "2026-06-24T07:00");
    expect(lastReminderBy(plan, iso("2026-06-24T12:00"))).toBe(null);
    expect(lastReminderBy({ ...plan, openedAt: iso("2026-06-24T06:59") }, iso("2026-06-24T12:00"))?.stage).toBe(
      "before",
    );
  });

  test("may be absent: the plan then has no reminder", () => {
    const plan = planOf("2026-06-25T15:00", []);
    expect(reminderAfter(plan, null)).toBe(null);
    expect(lastReminderBy(plan, iso("2030-01-01T00:00"))).toBe(null);
  });
});

describe("Work that is not done in time", () => {
  test("is overdue from the first office moment after the due time", () => {
    expect(overdueAt(iso("2026-06-25T15:00"), BERLIN)).toBe(iso("2026-06-26T07:00"));
    expect(overdueAt(iso("2026-06-26T15:00"), BERLIN)).toBe(iso("2026-06-29T07:00"));
    expect(overdueAt(iso("2026-06-25T10:00"), BERLIN)).toBe("2026-06-25T10:00:00.001Z");
  });

  test("is escalated the configured time after the due time, or never", () => {
    const plan = planOf("2026-12-24T16:00", []);
    expect(escalationAt(plan)).toBe(iso("2026-12-31T16:00"));
    expect(escalationAt({ ...plan, escalateAfter: parseSpan("1h") })).toBe(iso("2026-12-29T08:00"));
    expect(escalationAt({ ...plan, escalateAfter: null })).toBe(null);
  });
});

describe("Five years after the due time", () => {
  afterEach(() => vi.restoreAllMocks());

  test("the next and last reminder take no more calendar operations than on the first day", () => {
    const plan = planOf("2026-06-25T15:00", ["1 business day before", "at due", "daily after"]);
    const spies = [
      vi.spyOn(Temporal.Instant.prototype, "toZonedDateTimeISO"),
      vi.spyOn(Temporal.PlainDate.prototype, "toZonedDateTime"),
      vi.spyOn(Temporal.PlainDate.prototype, "add"),
    ];
    const count = () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    expect(reminderAfter(plan, iso("2031-06-27T12:00"))).toEqual({ at: iso("2031-06-30T07:00"), stage: "after" });
    expect(lastReminderBy(plan, iso("2031-06-29T12:00"))).toEqual({ at: iso("2031-06-27T07:00"), stage: "after" });
    expect(count()).toBeGreaterThan(0);
    expect(count()).toBeLessThan(80);
  });
});
