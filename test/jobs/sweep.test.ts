import { describe, expect, test } from "vitest";
import { createSweep } from "../../src/jobs/sweep.js";
import { createTally, door, tallyLog } from "./tally.js";

const HOUR_MS = 3_600_000;

function sweeping(run: (count: number) => Promise<void>, everyMs = HOUR_MS) {
  const begun = createTally<number>();
  const { log, lines } = tallyLog();
  let under = 0;
  let most = 0;
  const sweep = createSweep({
    everyMs,
    log,
    jitter: () => 0.5,
    run: async () => {
      under += 1;
      most = Math.max(most, under);
      begun.add(begun.seen.length + 1);
      try {
        await run(begun.seen.length);
      } finally {
        under -= 1;
      }
    },
  });
  return { sweep, begun, lines, most: () => most };
}

describe("The sweep", () => {
  test("begins at once, before its start returns, and goes on by itself", async () => {
    const { sweep, begun } = sweeping(async () => {}, 1);
    sweep.start();
    expect(begun.seen).toEqual([1]);
    await begun.until((seen) => seen.length >= 5);
    await sweep.stop();
  });

  test("never runs twice at a time, however often it is asked for", async () => {
    const { passed, open } = door();
    const { sweep, begun, most } = sweeping(() => passed, 1);
    sweep.start();
    const asked = [sweep.now(), sweep.now(), sweep.now()];
    open();
    await Promise.all(asked);
    await begun.until((seen) => seen.length >= 4);
    await sweep.stop();
    expect(most()).toBe(1);
  });

  test("that is asked for during another one begins after the asking, once for all who asked", async () => {
    const first = door();
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

  test("that fails goes on, is said once, and its end is said", async () => {
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

  test("that was asked for and fails says so to the one who asked", async () => {
    const { sweep } = sweeping(() => Promise.reject(new Error("no")));
    await expect(sweep.now()).rejects.toThrow("no");
    await sweep.stop();
  });

  test("that is stopped waits for the one under way, and begins no other", async () => {
    const { passed, open } = door();
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
