import { describe, expect, it } from "vitest";
import { nextMorning, stepsOf } from "../../../src/demo/workspace/clock.js";

const iso = (moment: number): string => new Date(moment).toISOString();

describe("the clock of the workspace", () => {
  it.each([
    ["2026-11-26T10:00:00.000Z", "2026-11-27T08:02:00.000Z"],
    ["2026-11-26T00:30:00.000Z", "2026-11-27T08:02:00.000Z"],
    ["2026-07-01T23:30:00.000Z", "2026-07-03T07:02:00.000Z"],
  ])("moves from %s to the next morning in Berlin", (now, morning) => {
    expect(iso(nextMorning(Date.parse(now)))).toBe(morning);
  });

  it.each([1, 5 * 60_000, 3_600_000, 86_400_000, 7 * 86_400_000])("moves %i ms in steps that add up to it", (whole) => {
    const steps = stepsOf(whole);
    expect(steps.reduce((sum, one) => sum + one, 0)).toBe(whole);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(steps.length).toBeLessThanOrEqual(90);
  });
});
