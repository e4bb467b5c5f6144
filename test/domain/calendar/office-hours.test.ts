import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  closingOn,
  dayIn,
  isOfficeMoment,
  nextOfficeMoment,
  openingOn,
} from "../../../src/domain/calendar/office-hours.js";
import type { OfficeHours, ReminderRule, Weekday } from "../../../src/domain/policy/policy.js";
import { type FollowUp, followUpDue, NOT_FOLLOWED_UP, nextFollowUpAt } from "../../../src/domain/reminders/due-now.js";
import {
  escalationAt,
  type FollowUpPlan,
  lastReminderBy,
  overdueAt,
  reminderAfter,
} from "../../../src/domain/reminders/schedule.js";
import { dice, sizeOf } from "../../support/reliability/seed.js";

const { seed } = dice("office hours");
const RUNS = sizeOf("PROPERTY_RUNS", 400);

const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"] as const;
const WEEK: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MINUTE = 60_000;
const BERLIN: OfficeHours = {
  timezone: "Europe/Berlin",
  days: WEEK.slice(0, 5),
  from: "09:00",
  to: "17:00",
  holidays: ["2027-03-17"],
};
const YEAR = { min: Date.parse("2027-01-01"), max: Date.parse("2027-12-31") };

const anyOffice: fc.Arbitrary<OfficeHours> = fc.record({
  timezone: fc.constantFrom(...ZONES),
  days: fc.uniqueArray(fc.constantFrom(...WEEK), { minLength: 1, maxLength: 7 }),
  from: fc.constantFrom("00:00", "02:30", "09:00", "13:30"),
  to: fc.constantFrom("14:00", "17:00", "23:59"),
  holidays: fc.uniqueArray(
    fc.integer(YEAR).map((ms) => new Date(ms).toISOString().slice(0, 10)),
    { maxLength: 20 },
  ),
});
const anyMoment = fc.integer(YEAR).map((ms) => new Date(ms - (ms % MINUTE)));
const anySpan = fc.oneof(
  fc.record({ unit: fc.constant("seconds" as const), count: fc.integer({ min: 60, max: 10 * 86_400 }) }),
  fc.record({ unit: fc.constant("businessDays" as const), count: fc.integer({ min: 0, max: 6 }) }),
);
const anyRule: fc.Arbitrary<ReminderRule> = fc.oneof(
  fc.constant({ when: "atDue" as const }),
  fc.constant({ when: "dailyAfter" as const }),
  fc.record({ when: fc.constant("before" as const), span: anySpan }),
  fc.record({ when: fc.constant("after" as const), span: anySpan }),
);
const anyPlan: fc.Arbitrary<FollowUpPlan> = fc
  .record({
    officeHours: anyOffice,
    opened: anyMoment,
    waits: fc.integer({ min: 60, max: 20 * 86_400 }),
    rules: fc.array(anyRule, { maxLength: 4 }),
    escalateAfter: fc.option(anySpan, { nil: null }),
  })
  .map(({ opened, waits, ...rest }) => ({
    ...rest,
    openedAt: opened.toISOString(),
    dueAt: new Date(opened.getTime() + waits * 1000).toISOString(),
  }));

const holds = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>) =>
  fc.assert(property, { seed, numRuns: RUNS });

describe("Office hours", () => {
  test("the next office moment is in office hours, and no moment before it is", () => {
    holds(
      fc.property(anyOffice, anyMoment, (office, moment) => {
        const next = nextOfficeMoment(moment, office);
        expect(next >= moment).toBe(true);
        expect(isOfficeMoment(next, office)).toBe(true);
        expect(nextOfficeMoment(next, office)).toEqual(next);
        // Steps of half an hour hit every opening of these calendars, except within its first minutes.
        const until = Math.min(next.getTime(), moment.getTime() + 4 * 86_400_000);
        for (let at = moment.getTime(); at < until; at += 30 * MINUTE)
          expect(isOfficeMoment(new Date(at), office), new Date(at).toISOString()).toBe(false);
      }),
    );
  });

  test.each([
    ["at opening time", "2027-03-08T08:00:00.000Z", true],
    ["at closing time", "2027-03-08T16:00:00.000Z", true],
    ["a millisecond after closing time", "2027-03-08T16:00:00.001Z", false],
    ["a millisecond before opening time", "2027-03-08T07:59:59.999Z", false],
    ["on a Saturday", "2027-03-06T10:00:00.000Z", false],
    ["on a holiday", "2027-03-17T10:00:00.000Z", false],
    ["at opening time after the change to summer time", "2027-03-29T07:00:00.000Z", true],
    ["an hour before opening time after that change", "2027-03-29T06:00:00.000Z", false],
  ])("in Berlin, an instant %s (%s) is in office hours: %s", (_, at, expected) => {
    expect(isOfficeMoment(new Date(at), BERLIN)).toBe(expected);
  });

  test("the office is open for one moment when clocks are put forward over its opening and closing time", () => {
    const early: OfficeHours = { timezone: "Europe/Berlin", days: ["sun"], from: "02:30", to: "03:15", holidays: [] };
    const opening = nextOfficeMoment(new Date("2027-03-27T12:00:00Z"), early);
    expect(opening).toEqual(new Date("2027-03-28T01:30:00Z"));
    expect(isOfficeMoment(opening, early)).toBe(true);
    expect(nextOfficeMoment(opening, early)).toEqual(opening);
    expect(nextOfficeMoment(new Date(opening.getTime() + 1), early)).toEqual(new Date("2027-04-04T00:30:00Z"));
  });

  test("the search for an office day ends in a calendar that has none for two years", () => {
    const holidays = Array.from({ length: 800 }, (_, day) =>
      new Date(YEAR.min + day * 86_400_000).toISOString().slice(0, 10),
    );
    const closed: OfficeHours = { timezone: "UTC", days: ["mon"], from: "09:00", to: "17:00", holidays };
    expect(nextOfficeMoment(new Date(YEAR.min), closed).getTime()).toBeGreaterThan(YEAR.min);
  });
});

describe("A calendar day", () => {
  test("has an opening and a closing time on the clocks of the office, even if it is no office day", () => {
    expect(openingOn("2026-03-12", BERLIN)?.toISOString()).toBe("2026-03-12T08:00:00.000Z");
    expect(closingOn("2026-03-12", BERLIN)?.toISOString()).toBe("2026-03-12T16:00:00.000Z");
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
  ])("is not read from an invalid date: %j", (date) => {
    expect(openingOn(date, BERLIN)).toBeNull();
    expect(closingOn(date, BERLIN)).toBeNull();
  });

  test("of an instant is the one that the clocks of the office show", () => {
    expect(dayIn(new Date("2026-03-12T22:59:59.999Z"), BERLIN)).toBe("2026-03-12");
    expect(dayIn(new Date("2026-03-12T23:00:00.000Z"), BERLIN)).toBe("2026-03-13");
  });
});

describe("Reminders", () => {
  test("are in office hours, in order and after the opening; the one after the last is later than now", () => {
    holds(
      fc.property(anyPlan, anyMoment, (plan, now) => {
        const seen: string[] = [];
        for (let at = reminderAfter(plan, null); at !== null && seen.length < 12; at = reminderAfter(plan, at.at)) {
          expect(isOfficeMoment(new Date(at.at), plan.officeHours), at.at).toBe(true);
          expect(at.at > plan.openedAt && at.at > (seen.at(-1) ?? "")).toBe(true);
          if (at.stage === "before") expect(at.at < plan.dueAt).toBe(true);
          seen.push(at.at);
        }
        const last = lastReminderBy(plan, now.toISOString());
        const next = reminderAfter(plan, last?.at ?? null);
        if (last !== null) expect(last.at <= now.toISOString()).toBe(true);
        if (next !== null && last !== null) expect(next.at > now.toISOString()).toBe(true);
        const inOrder = seen.filter((at) => at <= now.toISOString()).at(-1);
        if (seen.length < 12) expect(last?.at).toBe(inOrder);
      }),
    );
  });

  test("are joined by an overdue message and an escalation in office hours, never before the due time", () => {
    holds(
      fc.property(anyPlan, (plan) => {
        const overdue = overdueAt(plan.dueAt, plan.officeHours);
        expect(overdue > plan.dueAt && isOfficeMoment(new Date(overdue), plan.officeHours)).toBe(true);
        const escalated = escalationAt(plan);
        if (escalated !== null)
          expect(escalated >= plan.dueAt && isOfficeMoment(new Date(escalated), plan.officeHours)).toBe(true);
      }),
    );
  });

  test("have something due at the next moment of the follow-up, and never before it", () => {
    holds(
      fc.property(anyPlan, anyMoment, fc.option(anyMoment, { nil: null }), (plan, now, putOff) => {
        const followUp: FollowUp = { plan, progress: { ...NOT_FOLLOWED_UP, putOffUntil: putOffEnd(putOff, plan) } };
        const at = nextFollowUpAt(followUp, now.toISOString());
        const isIdle = (moment: string): boolean => {
          const { reminder, overdue, escalation } = followUpDue(followUp, moment);
          return reminder === null && overdue === null && escalation === null;
        };
        if (at === null) return;
        expect(at >= now.toISOString()).toBe(true);
        expect(isIdle(at), `nothing is due at ${at}`).toBe(false);
        for (
          let step = now.getTime();
          step < Math.min(Date.parse(at), now.getTime() + 2 * 86_400_000);
          step += 30 * MINUTE
        )
          expect(isIdle(new Date(step).toISOString()), new Date(step).toISOString()).toBe(true);
      }),
    );
  });

  const putOffEnd = (putOff: Date | null, { officeHours }: FollowUpPlan): string | null =>
    putOff === null ? null : nextOfficeMoment(putOff, officeHours).toISOString();
});
