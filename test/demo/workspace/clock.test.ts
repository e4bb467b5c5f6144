import { describe, expect, it } from "vitest";
import { createClock, nextMorning } from "../../../demo/workspace/clock.js";

const iso = (moment: number): string => new Date(moment).toISOString();

describe("the clock of the workspace", () => {
  it.each([
    ["2026-11-26T10:00:00.000Z", "2026-11-27T08:02:00.000Z"],
    ["2026-11-26T00:30:00.000Z", "2026-11-27T08:02:00.000Z"],
    ["2026-07-01T23:30:00.000Z", "2026-07-03T07:02:00.000Z"],
  ])("moves from %s to the next morning in Berlin", (now, morning) => {
    expect(iso(nextMorning(Date.parse(now)))).toBe(morning);
  });

  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const BEGUN = Date.parse("2026-11-26T10:20:00.000Z");

  /** A environment on which one bypass is open until that moment, and every moment at which what is due was looked for. */
  function stageOpenUntil(end: number) {
    let offset = 0;
    const now = (): number => BEGUN + offset;
    const looked: number[] = [];
    const environment = {
      slack: { settled: async () => {} },
      advance: async (ms: number) => {
        offset += ms;
        looked.push(now());
      },
      offsetMs: () => offset,
      nextEnd: async () => (now() < end ? new Date(end) : null),
      isAnyOpen: async () => now() < end,
    };
    return { clock: createClock(environment, now, () => {}), now, looked };
  }

  it("goes by minutes while a bypass is open, so that no warning and no reminder is jumped over", async () => {
    const end = BEGUN + HOUR;
    const { clock, now, looked } = stageOpenUntil(end);
    expect(await clock.move("week")).toBe("moved");
    expect(now()).toBe(BEGUN + 7 * 24 * HOUR);
    for (let minute = 1; minute <= 60; minute++) expect(looked).toContain(BEGUN + minute * MINUTE);
  });

  it("looks at every full hour when none is open, which is when work becomes due", async () => {
    const { clock, looked } = stageOpenUntil(BEGUN);
    expect(await clock.move("tomorrow")).toBe("moved");
    for (let at = Date.parse("2026-11-26T11:00:01.000Z"); at < Date.parse("2026-11-27T08:02:00.000Z"); at += HOUR)
      expect(looked).toContain(at);
    expect(looked.length).toBeLessThan(60);
  });

  it("moves to a second after the end, and nowhere when no grant is open", async () => {
    const open = stageOpenUntil(BEGUN + HOUR);
    expect(await open.clock.move("end")).toBe("moved");
    expect(open.now()).toBe(BEGUN + HOUR + 1_000);
    expect(await open.clock.move("end")).toBe("nowhere");
    expect(open.now()).toBe(BEGUN + HOUR + 1_000);
  });
});
