import { describe, expect, test } from "vitest";
import { closingOn, dayIn, openingOn } from "../../../src/domain/calendar/office-hours.js";
import { type FollowUp, followUpDue, nextFollowUpAt, officeTime } from "../../../src/domain/follow-up/follow-up.js";
import { type FollowUpProgress, NOT_FOLLOWED_UP } from "../../../src/domain/follow-up/state.js";
import { parseReminder } from "../../../src/domain/policy/durations.js";
import type { OfficeHours } from "../../../src/domain/policy/policy.js";

const BERLIN: OfficeHours = {
  timezone: "Europe/Berlin",
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "09:00",
  to: "17:00",
  holidays: [],
};
const DUE = "2026-03-12T16:00:00.000Z";
const WEDNESDAY = "2026-03-11T08:00:00.000Z";
const FRIDAY = "2026-03-13T08:00:00.000Z";
const MONDAY = "2026-03-16T08:00:00.000Z";
const TUESDAY = "2026-03-17T08:00:00.000Z";
const RAISED = "2026-03-17T16:00:00.000Z";

/** Due on Thursday as the office closes, reminded of the day before, then and daily after; raised three days after. */
const followUp = (progress: Partial<FollowUpProgress> = {}, plan: Partial<FollowUp["plan"]> = {}): FollowUp => ({
  plan: {
    openedAt: "2026-03-10T02:00:00.000Z",
    dueAt: DUE,
    rules: ["1 business day before", "at due", "daily after"].flatMap((text) => parseReminder(text) ?? []),
    escalateAfter: { unit: "businessDays", count: 3 },
    officeHours: BERLIN,
    ...plan,
  },
  progress: { ...NOT_FOLLOWED_UP, ...progress },
});
const NOTHING = { reminder: null, overdue: null, escalation: null };

describe("What is to be done now", () => {
  test("is nothing before the first reminder, at night, and at the weekend", () => {
    expect(followUpDue(followUp(), "2026-03-11T07:59:59.999Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(), "2026-03-11T22:00:00.000Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(), "2026-03-14T10:00:00.000Z")).toEqual(NOTHING);
  });

  test("is the newest reminder that was planned, once", () => {
    expect(followUpDue(followUp(), WEDNESDAY)).toEqual({ ...NOTHING, reminder: { at: WEDNESDAY, stage: "before" } });
    expect(followUpDue(followUp({ remindedTo: WEDNESDAY }), "2026-03-12T15:59:59.999Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(), DUE)).toEqual({ ...NOTHING, reminder: { at: DUE, stage: "due" } });
  });

  test("is also to name it as overdue, from the first office moment after, once", () => {
    expect(followUpDue(followUp({ remindedTo: DUE }), FRIDAY)).toEqual({
      reminder: { at: FRIDAY, stage: "after" },
      overdue: FRIDAY,
      escalation: null,
    });
    expect(followUpDue(followUp({ remindedTo: FRIDAY, told: true }), "2026-03-13T09:00:00.000Z")).toEqual(NOTHING);
  });

  test("is also to raise it at its time, once, where there is anybody to raise it with", () => {
    const asked = { remindedTo: TUESDAY, told: true };
    expect(followUpDue(followUp(asked), "2026-03-17T15:59:59.999Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(asked), RAISED)).toEqual({ ...NOTHING, escalation: RAISED });
    expect(followUpDue(followUp({ ...asked, escalated: true }), RAISED)).toEqual(NOTHING);
    expect(followUpDue(followUp(asked, { escalateAfter: null }), RAISED)).toEqual(NOTHING);
  });

  test("is what was planned for the close, up to ten minutes after it, and nothing planned for later", () => {
    expect(followUpDue(followUp(), "2026-03-12T16:09:59.000Z").reminder).toEqual({ at: DUE, stage: "due" });
    expect(followUpDue(followUp(), "2026-03-12T16:10:00.000Z").reminder).toEqual({ at: DUE, stage: "due" });
    expect(followUpDue(followUp(), "2026-03-12T16:10:00.001Z")).toEqual(NOTHING);
    const evening = followUp({}, { dueAt: "2026-03-12T16:05:00.000Z" });
    expect(
      followUpDue({ ...evening, progress: { ...NOT_FOLLOWED_UP, remindedTo: WEDNESDAY } }, "2026-03-12T16:06:00.000Z"),
    ).toEqual(NOTHING);
  });
});

describe("While it is put off", () => {
  const off = { putOffUntil: MONDAY };

  test("nothing is to be done, and the end of it is a reminder of its own", () => {
    expect(followUpDue(followUp(off), "2026-03-13T15:00:00.000Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(off), MONDAY)).toEqual({
      reminder: { at: MONDAY, stage: "after" },
      overdue: MONDAY,
      escalation: null,
    });
    const early = followUp({ putOffUntil: "2026-03-12T08:00:00.000Z", remindedTo: WEDNESDAY });
    expect(followUpDue(early, "2026-03-12T08:00:00.000Z")).toEqual({
      ...NOTHING,
      reminder: { at: "2026-03-12T08:00:00.000Z", stage: "before" },
    });
  });

  test("until it was due, the reminder at its end is one of after", () => {
    const due = followUp({ putOffUntil: DUE, remindedTo: WEDNESDAY }, { rules: [] });
    expect(followUpDue(due, DUE).reminder).toEqual({ at: DUE, stage: "after" });
  });

  test("what was planned meanwhile is told once, at its end, and no more than that", () => {
    const done = followUp({ ...off, remindedTo: MONDAY, told: true });
    expect(followUpDue(done, "2026-03-16T09:00:00.000Z")).toEqual(NOTHING);
    const late = followUp({ putOffUntil: "2026-03-18T08:00:00.000Z", remindedTo: FRIDAY, told: true });
    expect(followUpDue(late, "2026-03-18T08:00:00.000Z")).toEqual({
      reminder: { at: "2026-03-18T08:00:00.000Z", stage: "after" },
      overdue: null,
      escalation: "2026-03-18T08:00:00.000Z",
    });
  });

  test("what nobody is to be raised with is raised with nobody at its end either", () => {
    const late = followUp({ putOffUntil: MONDAY, told: true }, { escalateAfter: null });
    expect(followUpDue(late, MONDAY).escalation).toBeNull();
  });
});

describe("When there is next something to do", () => {
  const NOW = "2026-03-10T09:00:00.000Z";

  test("follows the plan, from one moment to the next", () => {
    expect(nextFollowUpAt(followUp(), NOW)).toBe(WEDNESDAY);
    expect(nextFollowUpAt(followUp({ remindedTo: WEDNESDAY }), WEDNESDAY)).toBe(DUE);
    expect(nextFollowUpAt(followUp({ remindedTo: DUE }), DUE)).toBe(FRIDAY);
    expect(nextFollowUpAt(followUp({ remindedTo: FRIDAY, told: true }), FRIDAY)).toBe(MONDAY);
    expect(nextFollowUpAt(followUp({ remindedTo: TUESDAY, told: true }), TUESDAY)).toBe(RAISED);
    expect(nextFollowUpAt(followUp({ remindedTo: TUESDAY, told: true, escalated: true }), RAISED)).toBe(
      "2026-03-18T08:00:00.000Z",
    );
  });

  test("is never, where no rule and nothing else is left", () => {
    const last = { remindedTo: DUE, told: true, escalated: true };
    expect(nextFollowUpAt(followUp(last, { rules: [] }), MONDAY)).toBeNull();
    expect(nextFollowUpAt(followUp({ told: true }, { rules: [], escalateAfter: null }), MONDAY)).toBeNull();
    expect(nextFollowUpAt(followUp({ told: true }, { rules: [] }), DUE)).toBe(RAISED);
    expect(nextFollowUpAt(followUp({}, { rules: [], escalateAfter: null }), DUE)).toBe(FRIDAY);
  });

  test("is now, for what was missed in office hours, and the next opening for what was missed otherwise", () => {
    expect(nextFollowUpAt(followUp(), "2026-03-11T10:00:00.000Z")).toBe("2026-03-11T10:00:00.000Z");
    expect(nextFollowUpAt(followUp(), WEDNESDAY)).toBe(WEDNESDAY);
    expect(nextFollowUpAt(followUp(), "2026-03-11T20:00:00.000Z")).toBe("2026-03-12T08:00:00.000Z");
    expect(nextFollowUpAt(followUp({ remindedTo: WEDNESDAY }), "2026-03-12T16:05:00.000Z")).toBe(
      "2026-03-12T16:05:00.000Z",
    );
    expect(nextFollowUpAt(followUp({ remindedTo: WEDNESDAY }), "2026-03-12T16:11:00.000Z")).toBe(FRIDAY);
  });

  test("is the end of the rest, while it is put off", () => {
    expect(nextFollowUpAt(followUp({ putOffUntil: MONDAY }), NOW)).toBe(MONDAY);
    expect(nextFollowUpAt(followUp({ putOffUntil: MONDAY, remindedTo: WEDNESDAY, told: true }), FRIDAY)).toBe(MONDAY);
    expect(nextFollowUpAt(followUp({ putOffUntil: MONDAY, remindedTo: MONDAY, told: true }), MONDAY)).toBe(TUESDAY);
    const nothingElse = { rules: [], escalateAfter: null };
    expect(nextFollowUpAt(followUp({ putOffUntil: MONDAY, told: true }, nothingElse), NOW)).toBe(MONDAY);
    expect(
      nextFollowUpAt(followUp({ putOffUntil: MONDAY, told: true, remindedTo: MONDAY }, nothingElse), MONDAY),
    ).toBeNull();
  });
});

describe("Up to which moment planned things may be done", () => {
  test("is now in office hours, the close just after them, and none otherwise", () => {
    const at = (clock: string) => officeTime(`2026-03-12T${clock}Z`, BERLIN);
    expect(at("07:59:59.999")).toBeNull();
    expect(at("08:00:00.000")).toBe("2026-03-12T08:00:00.000Z");
    expect(at("16:00:00.000")).toBe(DUE);
    expect(at("16:00:00.001")).toBe(DUE);
    expect(at("16:10:00.000")).toBe(DUE);
    expect(at("16:10:00.001")).toBeNull();
    expect(officeTime("2026-03-14T10:00:00.000Z", BERLIN)).toBeNull();
  });

  test("is the close of the day before, where the office closes just before midnight", () => {
    const late = { ...BERLIN, to: "23:59" };
    expect(officeTime("2026-03-12T23:05:00.000Z", late)).toBe("2026-03-12T22:59:00.000Z");
  });
});

describe("A calendar day", () => {
  test("opens and closes on the clocks of the office, whether it is an office day or not", () => {
    expect(openingOn("2026-03-12", BERLIN)?.toISOString()).toBe("2026-03-12T08:00:00.000Z");
    expect(closingOn("2026-03-12", BERLIN)?.toISOString()).toBe(DUE);
    expect(openingOn("2026-07-04", BERLIN)?.toISOString()).toBe("2026-07-04T07:00:00.000Z");
  });

  test.each([
    "",
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-3-12",
    "x2026-03-12",
    "2026-03-12x",
    "12026-03-12",
    "soon",
  ])("is none: %j", (date) => {
    expect(openingOn(date, BERLIN)).toBeNull();
    expect(closingOn(date, BERLIN)).toBeNull();
  });

  test("is told of an instant as the clocks of the office show it", () => {
    expect(dayIn(new Date("2026-03-12T22:59:59.999Z"), BERLIN)).toBe("2026-03-12");
    expect(dayIn(new Date("2026-03-12T23:00:00.000Z"), BERLIN)).toBe("2026-03-13");
  });
});
