import { expect, test } from "vitest";
import {
  bypassName,
  parseBypassName,
  readBypassName,
  reviewName,
  splitBypassName,
} from "../../../src/domain/events/names.js";

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

test.each([
  ["BG–42", 42],
  ["BG 42", 42],
  ["bg  - #42", 42],
  ["bg-42.", 42],
  ["#BG-42", 42],
  ["BG-0042", 42],
  ["0042", 42],
  ["#42", 42],
])("%j is typed for a bypass", (typed, n) => {
  expect(readBypassName(typed)).toBe(n);
});

test.each(["x BG 42", "BG", "BG-00", "BG-4 2", "REV-42", "ABG 42"])("%j is not typed for a bypass", (typed) => {
  expect(readBypassName(typed)).toBeNull();
});

test.each([
  ["BG-42: done", 42, "done"],
  ["  BG 42 – done", 42, "done"],
  ["bg   42 done", 42, "done"],
  ["42 7 servers", 42, "7 servers"],
  ["BG-42", 42, ""],
  ["BG-42\n\nfirst line\nsecond", 42, "first line\nsecond"],
  ["BG-42 -  done", 42, "done"],
  ["BG-42 -5 degrees: done", 42, "-5 degrees: done"],
])("%j begins with the name of a bypass", (typed, n, rest) => {
  expect(splitBypassName(typed)).toEqual({ n, rest });
});

test.each(["", "done BG-42", "we did bg 42", "bg"])("%j does not begin with the name of a bypass", (typed) => {
  expect(splitBypassName(typed)).toBeNull();
});
