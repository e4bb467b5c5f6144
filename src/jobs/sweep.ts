import type { Log } from "../usecases/ports/ports.js";

export interface SweepOptions {
  readonly run: () => Promise<void>;
  /** Milliseconds from the end of one sweep to the start of the next, on average. */
  readonly everyMs: number;
  readonly log: Log;
  /** Numbers in [0, 1): spreads the instances by up to a fifth either way, so that they do not sweep in step. */
  readonly jitter: () => number;
}

/**
 * The timer that makes up for every lost wake-up. It needs nothing but this process, and never runs twice at a time.
 */
export interface Sweep {
  /** Sweeps at once, and then on and on. */
  start(): void;
  /** A sweep that begins after this call; rejects when it fails. Does nothing once stopped. */
  now(): Promise<void>;
  /** No further sweep begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Sweeps again and again, one after the other, until it is stopped. */
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
      // Said once: five-second repetitions of one fault would hide the next one.
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

  const goOn = (): void => {
    if (stopped) return;
    timer = setTimeout(loop, everyMs * (0.8 + 0.4 * jitter()));
  };
  const loop = (): void => {
    now()
      .catch(() => {})
      .finally(goOn);
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
