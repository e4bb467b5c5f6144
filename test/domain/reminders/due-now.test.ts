import { describe, expect, test } from "vitest";
import { parseReminder } from "../../../src/domain/policy/durations.js";
import type { OfficeHours } from "../../../src/domain/policy/policy.js";
import {
  type FollowUp,
  type FollowUpProgress,
  followUpDue,
  NOT_FOLLOWED_UP,
  nextFollowUpAt,
  officeTime,
} from "../../../src/domain/reminders/due-now.js";

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
const ESCALATED = "2026-03-17T16:00:00.000Z";

/** Due on Thursday at closing time; reminders the day before, at due and daily after; escalated three days after. */
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

describe("What a follow-up requires now", () => {
  test("is nothing before the first reminder, at night, and at the weekend", () => {
    expect(followUpDue(followUp(), "2026-03-11T07:59:59.999Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(), "2026-03-11T22:00:00.000Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(), "2026-03-14T10:00:00.000Z")).toEqual(NOTHING);
  });

  test("is the newest planned reminder, once", () => {
    expect(followUpDue(followUp(), WEDNESDAY)).toEqual({ ...NOTHING, reminder: { at: WEDNESDAY, stage: "before" } });
    expect(followUpDue(followUp({ remindedTo: WEDNESDAY }), "2026-03-12T15:59:59.999Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(), DUE)).toEqual({ ...NOTHING, reminder: { at: DUE, stage: "due" } });
  });

  test("includes the overdue message from the first office moment after the due time, once", () => {
    expect(followUpDue(followUp({ remindedTo: DUE }), FRIDAY)).toEqual({
      reminder: { at: FRIDAY, stage: "after" },
      overdue: FRIDAY,
      escalation: null,
    });
    expect(followUpDue(followUp({ remindedTo: FRIDAY, announced: true }), "2026-03-13T09:00:00.000Z")).toEqual(NOTHING);
  });

  test("includes the escalation at its time, once, if the policy escalates at all", () => {
    const reminded = { remindedTo: TUESDAY, announced: true };
    expect(followUpDue(followUp(reminded), "2026-03-17T15:59:59.999Z")).toEqual(NOTHING);
    expect(followUpDue(followUp(reminded), ESCALATED)).toEqual({ ...NOTHING, escalation: ESCALATED });
    expect(followUpDue(followUp({ ...reminded, escalated: true }), ESCALATED)).toEqual(NOTHING);
    expect(followUpDue(followUp(reminded, { escalateAfter: null }), ESCALATED)).toEqual(NOTHING);
  });

  test("includes work planned for closing time until ten minutes after it, and nothing planned for later", () => {
    expect(followUpDue(followUp(), "2026-03-12T16:09:59.000Z").reminder).toEqual({ at: DUE, stage: "due" });
    expect(followUpDue(followUp(), "2026-03-12T16:10:00.000Z").reminder).toEqual({ at: DUE, stage: "due" });
    expect(followUpDue(followUp(), "2026-03-12T16:10:00.001Z")).toEqual(NOTHING);
    const evening = followUp({}, { dueAt: "2026-03-12T16:05:00.000Z" });
    expect(
      followUpDue({ ...evening, progress: { ...NOT_FOLLOWED_UP, remindedTo: WEDNESDAY } }, "2026-03-12T16:06:00.000Z"),
    ).toEqual(NOTHING);
  });
});

describe("Work that is put off", () => {
  const off = { putOffUntil: MONDAY };

  test("requires nothing until the put-off ends, which is a reminder of its own", () => {
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

  test("gets a reminder of stage after when the put-off ends at the due time", () => {
    const due = followUp({ putOffUntil: DUE, remindedTo: WEDNESDAY }, { rules: [] });
    expect(followUpDue(due, DUE).reminder).toEqual({ at: DUE, stage: "after" });
  });

  test("gets everything planned in the meantime once, when the put-off ends", () => {
    const done = followUp({ ...off, remindedTo: MONDAY, announced: true });
    expect(followUpDue(done, "2026-03-16T09:00:00.000Z")).toEqual(NOTHING);
  });

  test("is escalated at its time all the same, which ends a put-off that a changed policy left too long", () => {
    const late = followUp({ putOffUntil: "2026-03-18T08:00:00.000Z", remindedTo: FRIDAY, announced: true });
    expect(followUpDue(late, TUESDAY)).toEqual(NOTHING);
    expect(nextFollowUpAt(late, MONDAY)).toBe(ESCALATED);
    expect(followUpDue(late, ESCALATED)).toEqual({
      reminder: { at: ESCALATED, stage: "after" },
      overdue: null,
      escalation: ESCALATED,
    });
  });

  test("is not escalated at the end of the put-off if the policy escalates to nobody", () => {
    const late = followUp({ putOffUntil: MONDAY, announced: true }, { escalateAfter: null });
    expect(followUpDue(late, MONDAY).escalation).toBeNull();
  });
});

describe("The next moment of a follow-up", () => {
  const NOW = "2026-03-10T09:00:00.000Z";

  test("follows the plan from one moment to the next", () => {
    expect(nextFollowUpAt(followUp(), NOW)).toBe(WEDNESDAY);
    expect(nextFollowUpAt(followUp({ remindedTo: WEDNESDAY }), WEDNESDAY)).toBe(DUE);
    expect(nextFollowUpAt(followUp({ remindedTo: DUE }), DUE)).toBe(FRIDAY);
    expect(nextFollowUpAt(followUp({ remindedTo: FRIDAY, announced: true }), FRIDAY)).toBe(MONDAY);
    expect(nextFollowUpAt(followUp({ remindedTo: TUESDAY, announced: true }), TUESDAY)).toBe(ESCALATED);
    expect(nextFollowUpAt(followUp({ remindedTo: TUESDAY, announced: true, escalated: true }), ESCALATED)).toBe(
      "2026-03-18T08:00:00.000Z",
    );
  });

  test("does not exist when no reminder, overdue message or escalation is left", () => {
    const last = { remindedTo: DUE, announced: true, escalated: true };
    expect(nextFollowUpAt(followUp(last, { rules: [] }), MONDAY)).toBeNull();
    expect(nextFollowUpAt(followUp({ announced: true }, { rules: [], escalateAfter: null }), MONDAY)).toBeNull();
    expect(nextFollowUpAt(followUp({ announced: true }, { rules: [] }), DUE)).toBe(ESCALATED);
    expect(nextFollowUpAt(followUp({}, { rules: [], escalateAfter: null }), DUE)).toBe(FRIDAY);
  });

  test("is now for work missed in office hours, and the next opening otherwise", () => {
    expect(nextFollowUpAt(followUp(), "2026-03-11T10:00:00.000Z")).toBe("2026-03-11T10:00:00.000Z");
    expect(nextFollowUpAt(followUp(), WEDNESDAY)).toBe(WEDNESDAY);
    expect(nextFollowUpAt(followUp(), "2026-03-11T20:00:00.000Z")).toBe("2026-03-12T08:00:00.000Z");
    expect(nextFollowUpAt(followUp({ remindedTo: WEDNESDAY }), "2026-03-12T16:05:00.000Z")).toBe(
      "2026-03-12T16:05:00.000Z",
    );
    expect(nextFollowUpAt(followUp({ remindedTo: WEDNESDAY }), "2026-03-12T16:11:00.000Z")).toBe(FRIDAY);
  });

  test("is the end of the put-off while the work is put off", () => {
    expect(nextFollowUpAt(followUp({ putOffUntil: MONDAY }), NOW)).toBe(MONDAY);
    expect(nextFollowUpAt(followUp({ putOffUntil: MONDAY, remindedTo: WEDNESDAY, announced: true }), FRIDAY)).toBe(
      MONDAY,
    );
    expect(nextFollowUpAt(followUp({ putOffUntil: MONDAY, remindedTo: MONDAY, announced: true }), MONDAY)).toBe(
      TUESDAY,
    );
    const nothingElse = { rules: [], escalateAfter: null };
    expect(nextFollowUpAt(followUp({ putOffUntil: MONDAY, announced: true }, nothingElse), NOW)).toBe(MONDAY);
    expect(
      nextFollowUpAt(followUp({ putOffUntil: MONDAY, announced: true, remindedTo: MONDAY }, nothingElse), MONDAY),
    ).toBeNull();
  });
});

describe("The moment up to which planned work may be done", () => {
  test("is now in office hours, closing time shortly after them, and none otherwise", () => {
    const at = (clock: string) => officeTime(`2026-03-12T${clock}Z`, BERLIN);
    expect(at("07:59:59.999")).toBeNull();
    expect(at("08:00:00.000")).toBe("2026-03-12T08:00:00.000Z");
    expect(at("16:00:00.000")).toBe(DUE);
    expect(at("16:00:00.001")).toBe(DUE);
    expect(at("16:10:00.000")).toBe(DUE);
    expect(at("16:10:00.001")).toBeNull();
    expect(officeTime("2026-03-14T10:00:00.000Z", BERLIN)).toBeNull();
  });

  test("is closing time of the day before when the office closes just before midnight", () => {
    const late = { ...BERLIN, to: "23:59" };
    expect(officeTime("2026-03-12T23:05:00.000Z", late)).toBe("2026-03-12T22:59:00.000Z");
  });
});
