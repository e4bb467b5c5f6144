import type { Rate } from "./published-rates.js";

/** Added to each window, in milliseconds: Slack may count a call a little later than its answer arrives here. */
const ALLOWANCE_MS = 50;

/** One call that counts in a window. It counts as just made until it has ended, because Slack counts it in between. */
export interface Counted {
  /** Call once, when the call has ended. */
  ended(nowMs: number): void;
}

/** The calls of a sliding window, so that no stretch of its length ever holds more than its rate. */
export class Window {
  /** The end of each call, oldest first; calls that run are counted apart. */
  #ended: number[] = [];
  #running = 0;

  /** Milliseconds until one more call fits when at most `calls` may be in the window; 0 when it fits now. */
  waitMs({ calls, ms }: Rate, nowMs: number): number {
    const length = ms + ALLOWANCE_MS;
    this.#ended = this.#ended.filter((at) => nowMs - at < length);
    const excess = this.#ended.length + this.#running - calls + 1;
    if (excess <= 0) return 0;
    const blocking = this.#ended[excess - 1];
    // The calls in flight alone fill the window: it is free at the earliest one length after they end.
    return blocking === undefined ? length : Math.max(1, blocking + length - nowMs);
  }

  /** Counts a call that begins. */
  begin(): Counted {
    this.#running += 1;
    return {
      ended: (nowMs) => {
        this.#running -= 1;
        this.#ended.push(nowMs);
      },
    };
  }

  /** Whether nothing has counted for `ms` milliseconds. */
  isIdle(ms: number, nowMs: number): boolean {
    return this.#running === 0 && (this.#ended.at(-1) ?? Number.NEGATIVE_INFINITY) + ms + ALLOWANCE_MS <= nowMs;
  }
}
