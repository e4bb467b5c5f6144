import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  durationChoices,
  formatDuration,
  parseDuration,
  parseReminder,
  parseSpan,
} from "../../../src/domain/policy/durations.js";

describe("a duration", () => {
  it.each([
    ["90s", 90],
    ["60m", 3600],
    ["2h", 7200],
    ["30d", 2_592_000],
    ["0m", 0],
  ])("%s is %i seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", "60", "m", "1.5h", "-5m", "+5m", "05m", "5 m", "5M", "5m ", "5m5s", "1w", "9999999999s", "５m"])(
    "is refused: %j",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it("is formatted so that parsing returns the same number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 315_360_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds);
      }),
    );
  });

  it.each([
    [3600, "60m"],
    [5400, "90m"],
    [7200, "2h"],
    [86_400, "24h"],
    [2_592_000, "30d"],
    [45, "45s"],
  ])("of %i seconds is formatted as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe("the durations offered in the modal", () => {
  it.each([
    ["60m", ["15m", "30m", "60m"]],
    ["45m", ["15m", "30m", "45m"]],
    ["10m", ["1m", "5m", "10m"]],
    ["30s", ["30s"]],
    ["24h", ["15m", "30m", "60m", "2h", "4h", "8h", "12h", "24h"]],
  ])("end with expires_after: %s", (expiresAfter, choices) => {
    expect(durationChoices(parseDuration(expiresAfter) ?? 0)).toEqual(choices);
  });

  it("ascend, are unique, and end with the whole duration", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400 }), (seconds) => {
        const offered = durationChoices(seconds).map((choice) => parseDuration(choice) ?? -1);
        expect(offered).toEqual([...new Set(offered)].sort((a, b) => a - b));
        expect(offered.at(-1)).toBe(seconds);
      }),
    );
  });
});

describe("spans and reminders", () => {
  it.each([
    ["36h", { unit: "seconds", count: 129_600 }],
    ["1 business day", { unit: "businessDays", count: 1 }],
    ["10 business days", { unit: "businessDays", count: 10 }],
    ["2 days", null],
    ["2  business days", null],
    ["business days", null],
  ])("are parsed: %s as a span", (text, span) => {
    expect(parseSpan(text)).toEqual(span);
  });

  it.each([
    ["at due", { when: "atDue" }],
    ["daily after", { when: "dailyAfter" }],
    ["1 business day before", { when: "before", span: { unit: "businessDays", count: 1 } }],
    ["4h after", { when: "after", span: { unit: "seconds", count: 14_400 } }],
    ["before", null],
    ["4h", null],
    ["weekly after", null],
  ])("are parsed: %s as a reminder", (text, rule) => {
    expect(parseReminder(text)).toEqual(rule);
  });
});
