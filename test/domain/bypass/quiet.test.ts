import { describe, expect, test } from "vitest";
import { isQuiet } from "../../../src/domain/drill/quiet.js";
import { PATH, samplePolicy, withPath } from "../../support/domain/policies.js";

const NIGHT = new Date("2026-03-10T02:00:00.000Z");
const NOON = new Date("2026-03-10T11:00:00.000Z");
const drill = { kind: "drill", path: PATH } as const;
const real = { kind: "bypass", path: PATH } as const;

describe("A rehearsal", () => {
  test("outside office hours wakes nobody, also on a path that the policy no longer has", () => {
    expect(isQuiet(samplePolicy, drill, NIGHT)).toBe(true);
    expect(isQuiet(samplePolicy, { ...drill, path: "gone" }, NIGHT)).toBe(true);
  });

  test("in office hours is as loud as anything", () => {
    expect(isQuiet(samplePolicy, drill, NOON)).toBe(false);
  });

  test("is as loud as anything at night where its path says that it pages as in earnest", () => {
    expect(isQuiet(withPath({ drillPages: "as_real" }), drill, NIGHT)).toBe(false);
  });
});

test("a bypass in earnest is never quiet", () => {
  expect(isQuiet(samplePolicy, real, NIGHT)).toBe(false);
  expect(isQuiet(samplePolicy, real, NOON)).toBe(false);
});
