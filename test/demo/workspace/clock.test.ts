import { describe, expect, it } from "vitest";
import { createClock, nextMorning } from "../../../demo/workspace/clock.js";

const iso = (moment: number): string => new Date(moment).toISOString();

describe("the workspace clock", () => {
  it.each([
    ["2026-11-26T10:00:00.000Z", "2026-11-27T08:02:00.000Z"],
    ["2026-11-26T00:30:00.000Z", "2026-11-27T08:02:00.000Z"],
    ["2026-07-01T23:30:00.000Z", "2026-07-03T07:02:00.000Z"],
  ])("moves from %s to the next morning in Berlin", (now, morning) => {
    expect(iso(nextMorning(Date.parse(now)))).toBe(morning);
  });

  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const START = Date.parse("2026-11-26T10:20:00.000Z");

  /** A clock on an environment with one bypass open until `end`, and the times at which due work was swept. */
  function clockWithBypassUntil(end: number) {
    let offset = 0;
    const now = (): number => START + offset;
    const sweptAt: number[] = [];
    const environment = {
      slack: { settled: async () => {} },
      advance: async (ms: number) => {
        offset += ms;
        sweptAt.push(now());
      },
      offsetMs: () => offset,
      nextEnd: async () => (now() < end ? new Date(end) : null),
      isAnyOpen: async () => now() < end,
    };
    return { clock: createClock(environment, now, () => {}), now, sweptAt };
  }

  it("moves minute by minute while a bypass is open, so that no warning or reminder is skipped", async () => {
    const end = START + HOUR;
    const { clock, now, sweptAt } = clockWithBypassUntil(end);
    expect(await clock.move("week")).toBe("moved");
    expect(now()).toBe(START + 7 * 24 * HOUR);
    for (let minute = 1; minute <= 60; minute++) expect(sweptAt).toContain(START + minute * MINUTE);
  });

  it("sweeps at every full hour while no bypass is open, because work becomes due on the hour", async () => {
    const { clock, sweptAt } = clockWithBypassUntil(START);
    expect(await clock.move("tomorrow")).toBe("moved");
    for (let at = Date.parse("2026-11-26T11:00:01.000Z"); at < Date.parse("2026-11-27T08:02:00.000Z"); at += HOUR)
      expect(sweptAt).toContain(at);
    expect(sweptAt.length).toBeLessThan(60);
  });

  it("moves to one second after the end of the grant, and nowhere when no grant is open", async () => {
    const open = clockWithBypassUntil(START + HOUR);
    expect(await open.clock.move("end")).toBe("moved");
    expect(open.now()).toBe(START + HOUR + 1_000);
    expect(await open.clock.move("end")).toBe("nowhere");
    expect(open.now()).toBe(START + HOUR + 1_000);
  });
});
