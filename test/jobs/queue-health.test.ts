import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createQueueHealth } from "../../src/jobs/queue-health.js";
import { tallyLog } from "./tally.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a Redis that is away says by turns. */
const words = [
  Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
  new Error("The connection to Redis was closed."),
  new TypeError("Reached the max retries per request limit"),
];

test("a queue that stays away is told at once, then once a minute, and again after it was back", () => {
  const { log, lines } = tallyLog();
  const health = createQueueHealth(log, () => {});
  const downs = () => lines.seen.filter(({ event }) => event === "jobs.down").length;
  const awayFor = (seconds: number) => {
    for (let half = 0; half < seconds * 2; half += 1) {
      health.down(words[half % words.length]);
      vi.advanceTimersByTime(500);
    }
  };
  health.become("connecting");
  awayFor(1);
  expect(downs()).toBe(1);
  awayFor(179);
  expect(downs()).toBe(3);
  health.become("up");
  health.down(words[0]);
  expect(downs()).toBe(4);
});
