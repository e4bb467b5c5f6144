import { isMainThread } from "node:worker_threads";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { isOfficeMoment, nextOfficeMoment } from "../../../src/domain/calendar/office-hours.js";
import type { OfficeHours, ReminderRule, Weekday } from "../../../src/domain/policy/policy.js";
import {
  escalationAt,
  type FollowUpPlan,
  lastReminderBy,
  overdueAt,
  type Reminder,
  reminderAfter,
} from "../../../src/domain/reminders/schedule.js";
import { dice, sizeOf } from "../../support/reliability/seed.js";
import { plainPlan, quarters, shownAt, showsOfficeHours } from "../../support/wall-clocks.js";

const { seed } = dice("reminders");

const DAY = 86_400_000;
const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"] as const;
const WEEK: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Each spans a clock change in Berlin, New York and Lord Howe. Due times lie in the middle of the table. */
const SEASONS = [
  { table: ["2027-01-20", "2027-06-01"], due: ["2027-03-08", "2027-04-08"], until: "2027-05-10T00:00:00.000Z" },
  { table: ["2027-08-15", "2028-01-10"], due: ["2027-09-28", "2027-11-12"], until: "2027-12-15T00:00:00.000Z" },
] as const;

const between = (from: number, to: number, step: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: Math.floor((to - from) / step) }).map((steps) => from + steps * step);

const anySpan = fc.oneof(
  fc.integer({ min: 1, max: 5 * 96 }).map((count) => ({ unit: "seconds" as const, count: count * 900 })),
  fc.integer({ min: 1, max: 3 }).map((count) => ({ unit: "businessDays" as const, count })),
);
const anyRule: fc.Arbitrary<ReminderRule> = fc.oneof(
  fc.constant({ when: "atDue" as const }),
  fc.constant({ when: "dailyAfter" as const }),
  fc.record({ when: fc.constantFrom("before" as const, "after" as const), span: anySpan }),
);
const officeIn = (from: number, to: number): fc.Arbitrary<OfficeHours> =>
  fc.record({
    timezone: fc.constantFrom(...ZONES),
    days: fc.uniqueArray(fc.constantFrom(...WEEK), { minLength: 2 }),
    from: fc.constantFrom("00:00", "08:30", "09:15"),
    to: fc.constantFrom("12:00", "17:00", "20:00"),
    holidays: fc.uniqueArray(
      between(from - 7 * DAY, to + 7 * DAY, DAY).map((ms) => new Date(ms).toISOString().slice(0, 10)),
      { maxLength: 4 },
    ),
  });

type Case = { readonly plan: FollowUpPlan; readonly season: (typeof SEASONS)[number]; readonly now: string };
const anyCase: fc.Arbitrary<Case> = fc.constantFrom(...SEASONS).chain((season) => {
  const [from, to] = [Date.parse(season.due[0]), Date.parse(season.due[1])];
  return fc
    .record({
      officeHours: officeIn(from, to),
      due: between(from, to, QUARTER),
      waits: fc.integer({ min: 1, max: 20 * 96 }),
      rules: fc.array(anyRule, { maxLength: 5 }),
      escalateAfter: fc.option(anySpan, { nil: null }),
      now: between(from - 20 * DAY, Date.parse(season.until), MINUTE),
    })
    .map(({ officeHours, due, waits, rules, escalateAfter, now }) => {
      const [openedAt, dueAt] = [new Date(due - waits * QUARTER).toISOString(), new Date(due).toISOString()];
      return {
        season,
        now: new Date(now).toISOString(),
        plan: { openedAt, dueAt, rules, escalateAfter, officeHours },
      };
    });
});

/** Collects reminders by asking for the next one repeatedly. */
function planned(plan: FollowUpPlan, until: string): readonly Reminder[] {
  const reminders: Reminder[] = [];
  for (let next = reminderAfter(plan, null); next !== null && next.at < until; next = reminderAfter(plan, next.at))
    reminders.push(next);
  return reminders;
}

const plain = ({ plan, season }: Case): readonly Reminder[] =>
  plainPlan(plan, quarters(plan.officeHours.timezone, season.table[0], season.table[1])).filter(
    ({ at }) => at < season.until,
  );

describe("The plan, compared with a simple one that checks every quarter of an hour,", () => {
  test("has the same reminders with the same stages", () => {
    fc.assert(
      fc.property(anyCase, (generated) => {
        expect(planned(generated.plan, generated.season.until)).toEqual(plain(generated));
      }),
      { seed, numRuns: sizeOf("PROPERTY_RUNS", 300) },
    );
  });

  test("has the same last and next reminder at any minute", () => {
    fc.assert(
      fc.property(anyCase, (generated) => {
        const { plan, season, now } = generated;
        const reminders = plain(generated);
        expect(lastReminderBy(plan, now)).toEqual(reminders.filter(({ at }) => at <= now).at(-1) ?? null);
        const next = reminderAfter(plan, now);
        expect(next !== null && next.at < season.until ? next : null).toEqual(
          reminders.find(({ at }) => at > now) ?? null,
        );
      }),
      { seed, numRuns: sizeOf("PROPERTY_RUNS", 300) },
    );
  });

  test("is overdue at the next office moment, and escalated when a reminder after the same span would go out", () => {
    fc.assert(
      fc.property(anyCase, ({ plan, season }) => {
        const { officeHours } = plan;
        const table = quarters(officeHours.timezone, season.table[0], season.table[1]);
        const justAfter = new Date(Date.parse(plan.dueAt) + 1);
        const inside = isOfficeMoment(justAfter, officeHours) ? justAfter.toISOString() : null;
        const later = table.find((shown) => shown.at > plan.dueAt && showsOfficeHours(shown, officeHours));
        expect(overdueAt(plan.dueAt, officeHours)).toBe(inside ?? later?.at);
        const { escalateAfter: span } = plan;
        const rule = span === null ? [] : [{ when: "after" as const, span }];
        expect(escalationAt(plan)).toBe(plainPlan({ ...plan, rules: rule }, table)[0]?.at ?? null);
      }),
      { seed, numRuns: sizeOf("PROPERTY_RUNS", 300) },
    );
  });
});

test("the next office moment is the first minute at which the clocks show office hours", () => {
  const changes = ["2027-03-28", "2027-10-31", "2027-03-14", "2027-11-07", "2027-04-03", "2027-10-02"].map(Date.parse);
  const near = fc.constantFrom(...changes).chain((day) => between(day - DAY, day + 2 * DAY, MINUTE));
  fc.assert(
    fc.property(officeIn(Date.parse("2027-03-14"), Date.parse("2027-03-28")), near, (office, from) => {
      const hours: OfficeHours = { ...office, days: [...WEEK] };
      let minute = from;
      while (!showsOfficeHours(shownAt(minute, hours.timezone), hours)) minute += MINUTE;
      expect(nextOfficeMoment(new Date(from), hours).toISOString()).toBe(new Date(minute).toISOString());
      expect(isOfficeMoment(new Date(from), hours)).toBe(minute === from);
    }),
    { seed, numRuns: sizeOf("PROPERTY_RUNS", 150) },
  );
});

// A worker thread, as in mutation runs, cannot change the time zone of its process.
describe.runIf(isMainThread)("The time zone of the process", () => {
  const own = process.env.TZ;
  afterEach(() => {
    if (own === undefined) delete process.env.TZ;
    else process.env.TZ = own;
  });

  test("does not change a plan", () => {
    const inZone = <T>(timezone: string, minutesBehind: number, read: () => T): T => {
      process.env.TZ = timezone;
      // Without this check the test could not fail if the zone were not applied.
      expect(new Date("2027-01-15T12:00:00Z").getTimezoneOffset()).toBe(minutesBehind);
      return read();
    };
    fc.assert(
      fc.property(anyCase, ({ plan, season, now }) => {
        const read = () => [planned(plan, season.until), lastReminderBy(plan, now), escalationAt(plan)];
        const far = inZone("Pacific/Kiritimati", -14 * 60, read);
        expect(inZone("America/Los_Angeles", 8 * 60, read)).toEqual(far);
      }),
      { seed, numRuns: sizeOf("PROPERTY_RUNS", 40) },
    );
  });
});
