import { expect, test } from "vitest";
import { putOffEnd } from "../../../src/domain/reminders/put-off.js";
import { samplePolicy } from "../../support/domain/policies.js";

const NOW = "2026-03-02T12:00:00.000Z";
const { officeHours } = samplePolicy;
const closedIn = (month: string) => ({
  ...officeHours,
  holidays: Array.from({ length: 30 }, (_, day) => `2026-${month}-${String(day + 1).padStart(2, "0")}`),
});

test("a put-off ends as the office opens on the chosen day, or on the next office day", () => {
  expect(putOffEnd("2026-03-05", officeHours, NOW)).toBe("2026-03-05T08:00:00.000Z");
  expect(putOffEnd("2026-03-07", officeHours, NOW)).toBe("2026-03-09T08:00:00.000Z");
  expect(putOffEnd("2026-04-01", officeHours, NOW)).toBe("2026-04-01T07:00:00.000Z");
});

test("a put-off needs a later day within 30 days, and 40 days at most when the office is closed then", () => {
  for (const day of ["2026-03-02", "2026-03-01", "2026-04-02", "someday"]) {
    expect(putOffEnd(day, officeHours, NOW)).toBeNull();
  }
  expect(putOffEnd("2026-04-01", closedIn("04"), NOW)).toBeNull();
});
