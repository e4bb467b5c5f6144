import type { DemoEnvironment } from "../environment.js";
import type { ClockShown } from "./contract.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The office of the demo's policy opens at nine in Berlin; a little after it, what waited for it is told. */
const MORNING = { hour: 9, minute: 2, timeZone: "Europe/Berlin" } as const;
/** How long after its moment something is due for certain. */
const AFTER_IT_IS_DUE_MS = 1_000;

/** How far the clock can be moved on. */
export const MOVES = ["minutes", "hour", "end", "tomorrow", "week"] as const;
/** One of them. */
export type Move = (typeof MOVES)[number];

/** The clock of the workspace: it goes on by itself, and can be moved on but never back. */
export interface WorkspaceClock {
  shown(): Promise<ClockShown>;
  /** Resolves when all that became due on the way is done; or at once when a move is under way or there is nothing to move to. */
  move(to: Move): Promise<"moved" | "busy" | "nowhere">;
}

/** What of the environment the clock moves. */
export type MovableEnvironment = Pick<DemoEnvironment, "advance" | "offsetMs" | "nextEnd" | "isAnyOpen"> & {
  readonly slack: Pick<DemoEnvironment["slack"], "settled">;
};

/** `changed` is told while a move is under way. */
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
  /** In small steps, so that what becomes due on the way is told then and in its order. */
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
        // People work on meanwhile, and the clock goes on by itself.
        for (let left = whole; left > 0; left = until - now()) {
          await environment.advance(Math.min(left, await step()));
          // What was found to be due then is told before the clock goes on.
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

/** While nothing is requested or active, everything is due at full hours; a second later it is due for certain. */
function toFullHour(now: number): number {
  return HOUR - ((now - AFTER_IT_IS_DUE_MS) % HOUR);
}

/** The next morning in the office, a weekend or not (epoch milliseconds). */
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
