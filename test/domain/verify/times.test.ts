import { describe, expect, test } from "vitest";
import type { Finding } from "../../../src/domain/verify/findings.js";
import { createTimeCheck } from "../../../src/domain/verify/times.js";

const NOON = Date.parse("2026-03-02T12:00:00.000Z");

/** Each entry: seconds after noon, and its bypass; `null` is the system's stream. Each is of a command of its own. */
function found(...entries: readonly (readonly [seconds: number, n: number | null])[]): readonly string[] {
  const findings: Finding[] = [];
  const check = createTimeCheck((finding) => findings.push(finding));
  for (const [index, [seconds, n]] of entries.entries())
    check(index + 1, { at: new Date(NOON + seconds * 1_000).toISOString(), n, command: `c${index}` });
  return findings.map(({ seq, message }) => `${seq}: ${message}`);
}

const SET_BACK = /the database's clock was set back by more than a minute/;

describe("a clock that was set back is found", () => {
  test("by more than what a commit allows, at once and once", () => {
    const all = found([0, 1], [-303, 2], [-300, null], [-200, 2]);
    expect(all).toEqual([expect.stringMatching(/^2: Entry 2 says that it is of .*, long before entries/)]);
  });

  test("by minutes, once the times go on behind those before, and once", () => {
    const all = found([0, 1], [-240, 2], [-230, null], [-200, 2], [-180, 3], [-90, null], [30, 2]);
    expect(all).toEqual([expect.stringMatching(SET_BACK)]);
    expect(all[0]).toMatch(/^2: From entry 2 on/);
  });

  test("although the time of a bypass stands still meanwhile", () => {
    expect(found([0, 1], [-240, 2], [0, 1], [-230, null], [0, 1], [-200, 2])).toHaveLength(1);
  });

  test("back and forth, each time", () => {
    const back = [
      [-240, 2],
      [-220, null],
      [-200, 2],
    ] as const;
    expect(found([0, 1], ...back, [10, 1], ...back)).toHaveLength(2);
  });
});

describe("no finding is", () => {
  test("a step of a time service, even many entries in it", () => {
    expect(found([0, 1], [-59, 2], [-50, 3], [-40, null], [-20, 2], [-1, 3], [1, null])).toEqual([]);
  });

  test("what a suspended process commits late, all decided within moments", () => {
    expect(found([0, null], [-280, 2], [-279, 3], [-279, 4], [-278, 5], [-260, 6], [1, null])).toEqual([]);
  });

  test("one late entry here and there", () => {
    expect(found([0, null], [-280, 2], [5, null], [-200, 3], [9, null], [-100, 4], [12, null])).toEqual([]);
  });

  test("a pause, and times that go on", () => {
    expect(found([0, 1], [3600, 2], [3601, 1], [90_000, null])).toEqual([]);
  });
});
