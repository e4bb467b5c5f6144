import { describe, expect, test } from "vitest";
import { type FollowUpProgress, NOT_FOLLOWED_UP } from "../../../src/domain/reminders/due-now.js";
import { putOffEnd } from "../../../src/domain/reminders/put-off.js";
import type { FollowUpPlan } from "../../../src/domain/reminders/schedule.js";
import { samplePolicy } from "../../support/domain/policies.js";

const NOW = "2026-03-02T12:00:00.000Z";
const { officeHours } = samplePolicy;

/** Due on Wednesday at closing time, and by default never escalated. */
const end = (
  day: string,
  plan: Partial<FollowUpPlan> = {},
  progress: Partial<FollowUpProgress> = {},
  now: string = NOW,
) =>
  putOffEnd(
    {
      plan: {
        openedAt: "2026-03-01T12:00:00.000Z",
        dueAt: "2026-03-04T16:00:00.000Z",
        rules: [],
        escalateAfter: null,
        officeHours,
        ...plan,
      },
      progress: { ...NOT_FOLLOWED_UP, ...progress },
    },
    day,
    now,
  );
/** Escalated on Monday at closing time. */
const ESCALATES = { escalateAfter: { unit: "businessDays", count: 3 } } as const;
const daysOf = (result: ReturnType<typeof putOffEnd>) => ("refusal" in result ? result.refusal.days : []);

describe("A put-off", () => {
  test("ends as the office opens on the chosen day", () => {
    expect(end("2026-03-05")).toEqual({ until: "2026-03-05T08:00:00.000Z" });
    expect(end("2026-04-01", {}, {}, "2026-03-03T12:00:00.000Z")).toEqual({ until: "2026-04-01T07:00:00.000Z" });
  });

  test("is to a later office day at most 30 days away, and the refusal of any other names all that can be chosen", () => {
    for (const day of ["2026-03-02", "2026-03-01", "2026-03-07", "2026-04-02", "someday", ""]) {
      expect(end(day)).toMatchObject({ refusal: { code: "date_invalid" } });
      const days = daysOf(end(day)) ?? [];
      expect([days[0], days.at(-1), days.length]).toEqual(["2026-03-03", "2026-04-01", 22]);
      for (const offered of days) expect(end(offered)).toMatchObject({ until: expect.stringMatching(`^${offered}T`) });
    }
    const holidays = { officeHours: { ...officeHours, holidays: ["2026-03-03"] } };
    expect(daysOf(end("2026-03-03", holidays))?.[0]).toBe("2026-03-04");
  });

  test("is for at most 30 days, to the millisecond", () => {
    expect(end("2026-04-01", {}, {}, "2026-03-02T07:00:00.000Z")).toEqual({ until: "2026-04-01T07:00:00.000Z" });
    expect(end("2026-04-01", {}, {}, "2026-03-02T06:59:59.999Z")).toMatchObject({ refusal: { code: "date_invalid" } });
  });

  test("never goes past the escalation, and not at all once that has come", () => {
    expect(daysOf(end("2026-03-10", ESCALATES))).toEqual([
      "2026-03-03",
      "2026-03-04",
      "2026-03-05",
      "2026-03-06",
      "2026-03-09",
    ]);
    const at = "2026-03-09T16:00:00.000Z";
    const over = { refusal: { code: "put_off_escalates", at } };
    expect(end("2026-03-10", ESCALATES, {}, "2026-03-09T09:00:00.000Z")).toEqual(over);
    expect(end("2026-03-05", ESCALATES, { escalated: true })).toEqual(over);
    expect(end("2026-03-05", {}, { escalated: true })).toEqual({ refusal: { code: "put_off_escalates" } });
  });

  test("comes twice at most, whatever the day", () => {
    expect(end("2026-03-05", {}, { putOffs: 1 })).toHaveProperty("until");
    for (const day of ["2026-03-05", ""])
      expect(end(day, {}, { putOffs: 2 })).toEqual({ refusal: { code: "put_off_used_up" } });
  });
});
