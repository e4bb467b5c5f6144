import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lastWeekly, weekUntil } from "../../../src/domain/calendar/week.js";
import type { Weekday } from "../../../src/domain/policy/policy.js";
import { dice, sizeOf } from "../../support/reliability/seed.js";
import { shownAt } from "../../support/wall-clocks.js";

const { seed } = dice("weeks");
const MONDAY_NINE = { day: "mon", at: "09:00" } as const;
const BERLIN = "Europe/Berlin";
const DAY = 86_400_000;

describe("The weekly moment", () => {
  test("is the latest one on its day and at its hour", () => {
    const latest = (zone: string, now: string) => lastWeekly(MONDAY_NINE, zone, now);
    expect(latest(BERLIN, "2027-03-29T06:59:59.000Z")).toBe("2027-03-22T08:00:00.000Z");
    expect(latest(BERLIN, "2027-03-29T07:00:00.000Z")).toBe("2027-03-29T07:00:00.000Z");
    expect(latest("America/New_York", "2027-03-20T00:00:00.000Z")).toBe("2027-03-15T13:00:00.000Z");
  });
});

describe("The week of the digest", () => {
  test.each([
    ["an hour shorter where the clocks are put forward", "2027-03-29T07:00:00.000Z", "2027-03-22T08:00:00.000Z"],
    ["an hour longer where they are put back", "2027-11-01T08:00:00.000Z", "2027-10-25T07:00:00.000Z"],
    ["as long as any other in summer", "2027-07-12T07:00:00.000Z", "2027-07-05T07:00:00.000Z"],
  ])("is %s", (_, to, from) => {
    expect(weekUntil(MONDAY_NINE, BERLIN, to)).toEqual({ from, to });
  });

  test("ends at its regular moment when a holiday delays the digest", () => {
    expect(weekUntil(MONDAY_NINE, BERLIN, "2027-03-30T07:00:00.000Z")).toEqual({
      from: "2027-03-22T08:00:00.000Z",
      to: "2027-03-29T07:00:00.000Z",
    });
  });

  test("ends at the same clock time seven days later, and the next week starts where it ends", () => {
    const week = fc.record({
      day: fc.constantFrom<Weekday>("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
      at: fc.constantFrom("05:00", "09:00", "13:30", "21:45"),
    });
    const zone = fc.constantFrom(BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia");
    const moment = fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2029-12-31") });
    fc.assert(
      fc.property(week, zone, moment, (regular, timezone, ms) => {
        const { from, to } = weekUntil(regular, timezone, new Date(ms).toISOString());
        const [first, last] = [shownAt(Date.parse(from), timezone), shownAt(Date.parse(to), timezone)];
        expect([first.clock, first.weekday]).toEqual([regular.at, regular.day]);
        expect([last.clock, last.weekday]).toEqual([regular.at, regular.day]);
        expect((Date.parse(last.day) - Date.parse(first.day)) / DAY).toBe(7);
        expect(weekUntil(regular, timezone, from).to).toBe(from);
      }),
      { seed, numRuns: sizeOf("PROPERTY_RUNS", 1_000) },
    );
  });
});
