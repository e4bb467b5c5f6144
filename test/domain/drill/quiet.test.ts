import { describe, expect, test } from "vitest";
import { isQuiet } from "../../../src/domain/drill/quiet.js";
import { PATH, samplePolicy, withPath } from "../../support/domain/policies.js";

const NIGHT = new Date("2026-03-10T02:00:00.000Z");
const NOON = new Date("2026-03-10T11:00:00.000Z");
const drill = { kind: "drill", path: PATH } as const;
const real = { kind: "bypass", path: PATH } as const;

describe("A drill", () => {
  test("is quiet outside office hours, even on a path that the policy no longer has", () => {
    expect(isQuiet(samplePolicy, drill, NIGHT)).toBe(true);
    expect(isQuiet(samplePolicy, { ...drill, path: "gone" }, NIGHT)).toBe(true);
  });

  test("is not quiet in office hours", () => {
    expect(isQuiet(samplePolicy, drill, NOON)).toBe(false);
  });

  test("is not quiet at night if its path sets drill_pages to as_real", () => {
    expect(isQuiet(withPath({ drillPages: "as_real" }), drill, NIGHT)).toBe(false);
  });
});

test("A real bypass is never quiet", () => {
  expect(isQuiet(samplePolicy, real, NIGHT)).toBe(false);
  expect(isQuiet(samplePolicy, real, NOON)).toBe(false);
});
