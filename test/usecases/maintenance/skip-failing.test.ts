import { expect, test } from "vitest";
import { createSetAside, type SetAside } from "../../../src/usecases/maintenance/skip-failing.js";

const IDS = [1, 2, 3, 4];
const find = async (limit: number): Promise<readonly number[]> => IDS.slice(0, limit);
const found = (aside: SetAside, limit = 2): Promise<number[]> => aside.notYetTried("tick", find, limit);

/** In how many sweeps after a failure the work is left out, for each further failure. */
async function pauses(aside: SetAside, failures: number): Promise<number[]> {
  const skipped: number[] = [];
  for (let times = 0; times < failures; times += 1) {
    aside.failed("tick", 1);
    let sweeps = 0;
    aside.nextSweep();
    for (; !(await found(aside)).includes(1); sweeps += 1) aside.nextSweep();
    skipped.push(sweeps);
  }
  return skipped;
}

test("what failed makes room for what is behind it, in the same sweep", async () => {
  const aside = createSetAside();
  aside.nextSweep();
  expect(await found(aside)).toEqual([1, 2]);
  aside.failed("tick", 1);
  aside.failed("tick", 2);
  expect(await found(aside)).toEqual([3, 4]);
  expect(await aside.notYetTried("follow_up", find, 2)).toEqual([1, 2]);
  aside.nextSweep();
  expect(await found(aside)).toEqual([1, 2]);
});

test("what fails again is left out of more sweeps, but never of many", async () => {
  const aside = createSetAside();
  aside.nextSweep();
  expect(await pauses(aside, 5)).toEqual([0, 1, 3, 4, 4]);
});

test("what has not failed for a while counts as new", async () => {
  const aside = createSetAside();
  aside.nextSweep();
  await pauses(aside, 5);
  for (let sweeps = 0; sweeps < 20; sweeps += 1) aside.nextSweep();
  expect(await pauses(aside, 1)).toEqual([0]);
});
