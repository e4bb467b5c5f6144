import { describe, expect, test } from "vitest";
import { createSweep } from "../../src/jobs/sweep.js";
import { createLatch, createTally, tallyLog } from "./tally.js";

const HOUR_MS = 3_600_000;

function sweeping(run: (count: number) => Promise<void>, everyMs = HOUR_MS) {
  const begun = createTally<number>();
  const { log, lines } = tallyLog();
  let running = 0;
  let most = 0;
  const sweep = createSweep({
    everyMs,
    log,
    jitter: () => 0.5,
    run: async () => {
      running += 1;
      most = Math.max(most, running);
      begun.add(begun.seen.length + 1);
      try {
        await run(begun.seen.length);
      } finally {
        running -= 1;
      }
    },
  });
  return { sweep, begun, lines, most: () => most };
}

describe("The sweep", () => {
  test("begins before start returns, and repeats by itself", async () => {
    const { sweep, begun } = sweeping(async () => {}, 1);
    sweep.start();
    expect(begun.seen).toEqual([1]);
    await begun.until((seen) => seen.length >= 5);
    await sweep.stop();
  });

  test("never overlaps with itself, however often it is requested", async () => {
    const { passed, open } = createLatch();
    const { sweep, begun, most } = sweeping(() => passed, 1);
    sweep.start();
    const asked = [sweep.now(), sweep.now(), sweep.now()];
    open();
    await Promise.all(asked);
    await begun.until((seen) => seen.length >= 4);
    await sweep.stop();
    expect(most()).toBe(1);
  });

  test("that is requested during another one begins after it, once for all requests", async () => {
    const first = createLatch();
    const { sweep, begun } = sweeping((count) => (count === 1 ? first.passed : Promise.resolve()));
    sweep.start();
    await begun.until((seen) => seen.length === 1);
    const asked = Promise.all([sweep.now(), sweep.now()]);
    expect(begun.seen).toEqual([1]);
    first.open();
    await asked;
    expect(begun.seen).toEqual([1, 2]);
    await sweep.stop();
  });

  test("that fails is repeated, and its failure and recovery are each logged once", async () => {
    const { sweep, begun, lines } = sweeping(
      (count) => (count <= 3 ? Promise.reject(new Error("no")) : Promise.resolve()),
      1,
    );
    sweep.start();
    await begun.until((seen) => seen.length >= 6);
    await sweep.stop();
    expect(lines.seen.map(({ level, event }) => `${level} ${event}`)).toEqual([
      "error sweep.failed",
      "info sweep.recovered",
    ]);
  });

  test("rejects for its caller when it was requested and fails", async () => {
    const { sweep } = sweeping(() => Promise.reject(new Error("no")));
    await expect(sweep.now()).rejects.toThrow("no");
    await sweep.stop();
  });

  test("that is stopped waits for the run under way, and begins no other", async () => {
    const { passed, open } = createLatch();
    const { sweep, begun } = sweeping(() => passed, 1);
    sweep.start();
    await begun.until((seen) => seen.length === 1);
    const following = sweep.now();
    let stopped = false;
    const stopping = sweep.stop().then(() => {
      stopped = true;
    });
    await Promise.resolve();
    expect(stopped).toBe(false);
    open();
    await stopping;
    await following;
    expect(begun.seen).toEqual([1]);
  });
});
