import { expect, test } from "vitest";
import { bypassName, parseBypassName, reviewName } from "../../../src/domain/events/names.js";

test("A bypass and its review share a number", () => {
  expect([bypassName(42), reviewName(42)]).toEqual(["BG-42", "REV-42"]);
});

test.each([
  ["BG-42", 42],
  ["bg-42", 42],
  ["BG42", 42],
  ["42", 42],
  ["  BG-7 ", 7],
  ["123456789", 123_456_789],
])("%j is the name of a bypass", (text, n) => {
  expect(parseBypassName(text)).toBe(n);
});

test.each([
  "",
  "BG-",
  "BG-0",
  "BG-042",
  "0",
  "-42",
  "BG--42",
  "BG 42",
  "REV-42",
  "BG-42x",
  "xBG-42",
  "4 2",
  "1234567890",
])("%j is not the name of a bypass", (text) => {
  expect(parseBypassName(text)).toBeNull();
});
