import type { Stage } from "../stage.js";
import type { ClockShown } from "./contract.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The office of the demo's policy opens at nine in Berlin; a little after it, what waited for it is told. */
const MORNING = { hour: 9, minute: 2, timeZone: "Europe/Berlin" } as const;
/** How long after the end it is told for certain. */
const AFTER_THE_END_MS = 1_000;

/** How far the clock is to be moved on. */
export type Move = "minutes" | "hour" | "end" | "tomorrow" | "week";

/** The clock of the workspace: it goes on by itself, and can be moved on but never back. */
export interface WorkspaceClock {
  shown(): Promise<ClockShown>;
  /** Resolves when all that became due on the way is done. `false`: there is nothing to move to, or a move is under way. */
  move(to: Move): Promise<boolean>;
}

/** `changed` is told while a move is under way. */
export function createClock(stage: Stage, now: () => number, changed: () => void): WorkspaceClock {
  let moving: number | null = null;
  const target = async (to: Move): Promise<number | null> => {
    if (to === "minutes") return now() + 5 * MINUTE;
    if (to === "hour") return now() + HOUR;
    if (to === "week") return now() + 7 * DAY;
    if (to === "tomorrow") return nextMorning(now());
    const end = await stage.nextEnd();
    return end === null ? null : end.getTime() + AFTER_THE_END_MS;
  };
  return {
    shown: async () => ({
      now: now(),
      aheadMs: stage.offsetMs(),
      nextEnd: (await stage.nextEnd())?.getTime() ?? null,
      moving,
    }),
    move: async (to) => {
      if (moving !== null) return false;
      moving = 0;
      try {
        const until = await target(to);
        if (until === null) return false;
        const whole = until - now();
        changed();
        for (const step of stepsOf(whole)) {
          // People work on meanwhile, and the clock goes on by itself.
          await stage.advance(Math.max(0, Math.min(step, until - now())));
          await stage.slack.settled();
          moving = Math.min(1, 1 - (until - now()) / whole);
          changed();
        }
        return true;
      } finally {
        moving = null;
        changed();
      }
    },
  };
}

/** In small steps, so that what becomes due on the way is told then and not later. */
export function stepsOf(wholeMs: number): readonly number[] {
  const step = wholeMs <= HOUR ? MINUTE : wholeMs <= DAY ? 30 * MINUTE : 2 * HOUR;
  const count = Math.max(1, Math.ceil(wholeMs / step));
  return Array.from({ length: count }, (_, index) => Math.min(step, wholeMs - index * step));
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
