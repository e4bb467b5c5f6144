import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createQueueHealth } from "../../src/jobs/queue-health.js";
import { tallyLog } from "./tally.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The errors that an unreachable Redis causes in turn. */
const errors = [
  Object.assign(new Error("connect"), { code: "ECONNREFUSED" }),
  new Error("The connection to Redis was closed."),
  new TypeError("Reached the max retries per request limit"),
];

test("an evicting policy is logged once, once more when it becomes another one, and once when it is over", () => {
  const { log, lines } = tallyLog();
  const health = createQueueHealth(log, () => {});
  for (const policy of [null, "allkeys-lru", "allkeys-lru", "volatile-ttl", null, null]) health.eviction(policy);
  expect(lines.seen.map(({ event, fields }) => [event, fields.policy])).toEqual([
    ["jobs.may_evict", "allkeys-lru"],
    ["jobs.may_evict", "volatile-ttl"],
    ["jobs.evicts_none", undefined],
  ]);
});

test("a queue that stays down is logged at once, then once a minute, and again after it was up", () => {
  const { log, lines } = tallyLog();
  const health = createQueueHealth(log, () => {});
  const downs = () => lines.seen.filter(({ event }) => event === "jobs.down").length;
  const downFor = (seconds: number) => {
    for (let half = 0; half < seconds * 2; half += 1) {
      health.down(errors[half % errors.length]);
      vi.advanceTimersByTime(500);
    }
  };
  health.become("connecting");
  downFor(1);
  expect(downs()).toBe(1);
  downFor(178);
  expect(downs()).toBe(3);
  health.become("up");
  health.down(errors[0]);
  expect(downs()).toBe(4);
});
