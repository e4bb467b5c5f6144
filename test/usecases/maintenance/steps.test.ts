import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStepRunner } from "../../../src/usecases/maintenance/steps.js";
import { tallyLog } from "../../jobs/tally.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A step that ends when it is told to, and the number of times that it began. */
function heldStep(name: string) {
  let begun = 0;
  let end = (): void => {};
  let fail = (): void => {};
  const run = () =>
    new Promise<void>((resolve, reject) => {
      begun += 1;
      end = resolve;
      fail = () => reject(new Error("too late"));
    });
  return { step: { name, run }, begun: () => begun, end: () => end(), fail: () => fail() };
}

/** A step that ends at once, and the number of times that it ran. */
function quickStep(name: string) {
  let ran = 0;
  const run = async (): Promise<void> => {
    ran += 1;
  };
  return { step: { name, run }, ran: () => ran };
}

function runner() {
  const { log, lines } = tallyLog();
  const said = () => lines.seen.map(({ level, event, fields }) => `${level} ${event} ${fields.step}`);
  return { ...createStepRunner(log, { othersWaitMs: 1_000, stuckAfterMs: 5_000 }), said };
}

test("a step that does not end holds up the others once, for as long as they wait, and is not begun a second time", async () => {
  const { runAll } = runner();
  const [held, quick] = [heldStep("held"), quickStep("quick")];
  const first = runAll([held.step, quick.step]);
  await vi.advanceTimersByTimeAsync(999);
  expect(quick.ran()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await first;
  await runAll([held.step, quick.step]);
  expect([held.begun(), quick.ran()]).toEqual([1, 2]);
  held.end();
  await vi.advanceTimersByTimeAsync(0);
  void runAll([held.step, quick.step]);
  expect(held.begun()).toBe(2);
});

test.each(["end", "fail"] as const)("a step that lasts too long is named until it is over, by its %s", async (how) => {
  const { runAll, stuck, said } = runner();
  const held = heldStep("held");
  const first = runAll([held.step]);
  await vi.advanceTimersByTimeAsync(4_999);
  await first;
  expect([stuck(), said()]).toEqual([[], []]);
  await vi.advanceTimersByTimeAsync(1);
  expect([stuck(), said()]).toEqual([["held"], ["error maintenance.stuck held"]]);
  held[how]();
  await vi.advanceTimersByTimeAsync(0);
  expect([stuck(), said()]).toEqual([[], ["error maintenance.stuck held", "info maintenance.recovered held"]]);
});

test("a step that ends in time is never named", async () => {
  const { runAll, stuck, said } = runner();
  const held = heldStep("held");
  void runAll([held.step]);
  await vi.advanceTimersByTimeAsync(4_000);
  held.end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([stuck(), said()]).toEqual([[], []]);
});

test("a fault is thrown after all steps have run", async () => {
  const { runAll } = runner();
  const quick = quickStep("quick");
  const failing = { name: "failing", run: () => Promise.reject(new Error("a step that fails")) };
  await expect(runAll([failing, quick.step])).rejects.toThrow("a step that fails");
  expect(quick.ran()).toBe(1);
});
