import { describe, expect, test } from "vitest";
import { isOfficeMoment } from "../../../src/domain/calendar/office-hours.js";
import { parseReminder } from "../../../src/domain/policy/durations.js";
import type { OfficeHours, Weekday } from "../../../src/domain/policy/policy.js";
import { type FollowUpPlan, lastReminderBy, reminderAfter } from "../../../src/domain/reminders/schedule.js";

const BERLIN: OfficeHours = {
  timezone: "Europe/Berlin",
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "09:00",
  to: "17:00",
  holidays: [],
};
const iso = (short: string): string => `${short}:00.000Z`;

const plan = (due: string, rules: readonly string[], opened = "2026-01-01T00:00"): FollowUpPlan => ({
  openedAt: iso(opened),
  dueAt: iso(due),
  rules: rules.flatMap((text) => parseReminder(text) ?? []),
  escalateAfter: null,
  officeHours: BERLIN,
});

describe("The office is open on the weekday that the calendar names", () => {
  const days: readonly [Weekday, string][] = [
    ["mon", "2026-06-22"],
    ["tue", "2026-06-23"],
    ["wed", "2026-06-24"],
    ["thu", "2026-06-25"],
    ["fri", "2026-06-26"],
    ["sat", "2026-06-27"],
    ["sun", "2026-06-28"],
  ];
  test.each(days)("%s", (day, date) => {
    const open = days.filter(([, other]) => isOfficeMoment(new Date(`${other}T10:00:00Z`), { ...BERLIN, days: [day] }));
    expect(open).toEqual([[day, date]]);
  });
});

describe("A reminder at zero business days", () => {
  test("before comes when the office opens on the due day, or on the office day before it", () => {
    expect(reminderAfter(plan("2026-06-25T15:00", ["0 business days before"]), null)?.at).toBe(iso("2026-06-25T07:00"));
    expect(reminderAfter(plan("2026-06-27T10:00", ["0 business days before"]), null)?.at).toBe(iso("2026-06-26T07:00"));
  });

  test("after comes no earlier than the due time", () => {
    expect(reminderAfter(plan("2026-06-25T20:00", ["0 business days after"]), null)?.at).toBe(iso("2026-06-26T07:00"));
    expect(reminderAfter(plan("2026-06-25T10:00", ["0 business days after"]), null)?.at).toBe(iso("2026-06-25T15:00"));
  });
});

describe("Daily reminders", () => {
  const daily = plan("2026-06-25T15:00", ["daily after"]);

  test("begin on the office day after the due day, even if the work was due early that day", () => {
    expect(reminderAfter(daily, iso("2026-06-25T01:00"))?.at).toBe(iso("2026-06-26T07:00"));
    expect(lastReminderBy(daily, iso("2026-06-25T12:00"))).toBeNull();
  });

  test("come from the opening on; before the opening, the last one is that of the office day before", () => {
    expect(lastReminderBy(daily, iso("2026-06-29T05:00"))?.at).toBe(iso("2026-06-26T07:00"));
    expect(lastReminderBy(daily, iso("2026-06-29T07:00"))?.at).toBe(iso("2026-06-29T07:00"));
  });

  test("are skipped if planned for when the work was opened or before", () => {
    const late = plan("2026-06-25T15:00", ["daily after"], "2026-06-29T07:00");
    expect(lastReminderBy(late, iso("2026-06-29T12:00"))).toBeNull();
    expect(reminderAfter(late, iso("2026-06-01T00:00"))?.at).toBe(iso("2026-06-30T07:00"));
  });
});

describe("Of several reminders", () => {
  test.each([
    ["1h after", "4h after"],
    ["4h after", "1h after"],
  ])("the last is the later one, in whatever order the policy lists them: %s, %s", (one, other) => {
    expect(lastReminderBy(plan("2026-06-25T09:00", [one, other]), iso("2026-06-25T14:00"))).toEqual({
      at: iso("2026-06-25T13:00"),
      stage: "after",
    });
  });

  test.each([
    ["1h after", "at due"],
    ["at due", "1h after"],
  ])("at one time the last is the one that says more: %s, %s", (one, other) => {
    expect(lastReminderBy(plan("2026-06-27T10:00", [one, other]), iso("2026-06-29T12:00"))).toEqual({
      at: iso("2026-06-29T07:00"),
      stage: "after",
    });
  });
});
