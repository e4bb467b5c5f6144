import type { DemoEnvironment } from "../environment.js";
import type { ClockShown } from "./contract.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/**
 * Office hours in the demo's policy begin at 9:00 in Berlin. Two minutes later the notices that waited for them are
 * sent.
 */
const MORNING = { hour: 9, minute: 2, timeZone: "Europe/Berlin" } as const;
/** Margin after which something is certainly due. */
const AFTER_IT_IS_DUE_MS = 1_000;

/** The moves of the clock. */
export const MOVES = ["minutes", "hour", "end", "tomorrow", "week"] as const;
/** One move of the clock. */
export type Move = (typeof MOVES)[number];

/** The clock of the workspace. It runs by itself and can be moved forward, but never back. */
export interface WorkspaceClock {
  shown(): Promise<ClockShown>;
  /**
   * Resolves when everything that became due is done; at once when another move is running or there is nothing to move
   * to.
   */
  move(to: Move): Promise<"moved" | "busy" | "nowhere">;
}

/** The parts of the environment that the clock needs. */
export type MovableEnvironment = Pick<DemoEnvironment, "advance" | "offsetMs" | "nextEnd" | "isAnyOpen"> & {
  readonly slack: Pick<DemoEnvironment["slack"], "settled">;
};

/** Creates the clock. Calls `changed` during a move. */
export function createClock(environment: MovableEnvironment, now: () => number, changed: () => void): WorkspaceClock {
  let moving: number | null = null;
  const target = async (to: Move): Promise<number | null> => {
    if (to === "minutes") return now() + 5 * MINUTE;
    if (to === "hour") return now() + HOUR;
    if (to === "week") return now() + 7 * DAY;
    if (to === "tomorrow") return nextMorning(now());
    const end = await environment.nextEnd();
    return end === null ? null : end.getTime() + AFTER_IT_IS_DUE_MS;
  };
  /**
   * Size of the next step in milliseconds. Small, so that everything is sent in order and at about the time it is due.
   */
  const step = async (): Promise<number> => ((await environment.isAnyOpen()) ? MINUTE : toFullHour(now()));
  return {
    shown: async () => ({
      now: now(),
      aheadMs: environment.offsetMs(),
      nextEnd: (await environment.nextEnd())?.getTime() ?? null,
      moving,
    }),
    move: async (to) => {
      if (moving !== null) return "busy";
      moving = 0;
      try {
        const until = await target(to);
        if (until === null) return "nowhere";
        const whole = until - now();
        changed();
        // Recomputes the remaining time, since the clock also runs by itself.
        for (let left = whole; left > 0; left = until - now()) {
          await environment.advance(Math.min(left, await step()));
          // Delivers what the sweep found due before the clock moves on.
          await environment.advance(0);
          await environment.slack.settled();
          moving = Math.min(1, Math.max(0, 1 - (until - now()) / whole));
          changed();
        }
        return "moved";
      } finally {
        moving = null;
        changed();
      }
    },
  };
}

/**
 * Milliseconds to the next full hour plus a margin: while nothing is requested or active, everything is due at full
 * hours.
 */
function toFullHour(now: number): number {
  return HOUR - ((now - AFTER_IT_IS_DUE_MS) % HOUR);
}

/** Tomorrow morning just after office hours begin, weekends included (epoch milliseconds). */
export function nextMorning(now: number): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: MORNING.timeZone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const sinceMidnight = read("hour") * HOUR + read("minute") * MINUTE + read("second") * 1_000 + (now % 1_000);
  return now - sinceMidnight + DAY + MORNING.hour * HOUR + MORNING.minute * MINUTE;
}
