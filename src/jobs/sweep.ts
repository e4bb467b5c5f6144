import type { Log } from "../usecases/ports/ports.js";

export interface SweepOptions {
  readonly run: () => Promise<void>;
  /** Milliseconds from the end of one sweep to the start of the next, on average. */
  readonly everyMs: number;
  readonly log: Log;
  /** Returns numbers in [0, 1), which vary the interval by up to 20 % so that instances do not sweep in step. */
  readonly jitter: () => number;
}

/** The timer that makes up for lost wake-ups. Needs nothing but this process, and never overlaps with itself. */
export interface Sweep {
  /** Sweeps at once and then repeatedly. */
  start(): void;
  /** Runs a sweep that begins after this call. Rejects when the sweep fails. Does nothing once stopped. */
  now(): Promise<void>;
  /** Begins no further sweep. Resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Creates a sweep that runs repeatedly, one run at a time, until it is stopped. */
export function createSweep({ run, everyMs, log, jitter }: SweepOptions): Sweep {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let following: Promise<void> | null = null;
  let stopped = false;
  let failing = false;

  const once = async (): Promise<void> => {
    try {
      await run();
      if (failing) log.info("sweep.recovered");
      failing = false;
    } catch (error) {
      // Logged once: a repetition at every sweep would hide the next fault.
      if (!failing) log.error("sweep.failed", { error, hint: "Due work waits until a sweep succeeds; see /readyz." });
      failing = true;
      throw error;
    }
  };

  const begin = (): Promise<void> => {
    if (stopped) return Promise.resolve();
    running = once().finally(() => {
      running = null;
    });
    return running;
  };

  const now = (): Promise<void> => {
    if (running === null) return begin();
    following ??= running
      .catch(() => {})
      .then(() => {
        following = null;
        return begin();
      });
    return following;
  };

  const scheduleNext = (): void => {
    if (stopped) return;
    timer = setTimeout(loop, everyMs * (0.8 + 0.4 * jitter()));
  };
  const loop = (): void => {
    now()
      .catch(() => {})
      .finally(scheduleNext);
  };

  return {
    start: loop,
    now,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running?.catch(() => {});
    },
  };
}
