import { describe, expect, test } from "vitest";
import type { Wake } from "../../src/usecases/ports/ports.js";
import { createTally, type Tally } from "../jobs/tally.js";

/** Makes a `Wake` whose wake-ups are counted in the tally as `effect 7`, `tick 3` and `followUp 3`. */
export type WakeMaker = (performed: Tally<string>) => Promise<{ wake: Wake; stop: () => Promise<void> }>;

/** The contract of `Wake`, run on every implementation. Sweeps are off, so that none makes up for a lost wake-up. */
export function wakeContract(name: string, make: WakeMaker): void {
  const withWake = async (body: (wake: Wake, performed: Tally<string>) => Promise<void>): Promise<void> => {
    const performed = createTally<string>();
    const { wake, stop } = await make(performed);
    try {
      await body(wake, performed);
    } finally {
      await stop();
    }
  };
  const count = (what: string) => (seen: readonly string[]) => seen.filter((entry) => entry === what).length;

  describe(`Wake: ${name}`, () => {
    test("every named effect is performed", () =>
      withWake(async (wake, performed) => {
        const ids = Array.from({ length: 25 }, (_, index) => String(index + 1));
        wake.effects(ids);
        await performed.until((seen) => ids.every((id) => seen.includes(`effect ${id}`)));
      }));

    test("an id may be all digits, a UUID or contain a colon", () =>
      withWake(async (wake, performed) => {
        const ids = ["42", "123e4567-e89b-42d3-a456-426614174000", "a:b"];
        wake.effects(ids);
        await performed.until((seen) => ids.every((id) => seen.includes(`effect ${id}`)));
      }));

    test("an effect that is named again is performed again", () =>
      withWake(async (wake, performed) => {
        wake.effects(["7"]);
        await performed.until((seen) => count("effect 7")(seen) === 1);
        wake.effects(["7"]);
        await performed.until((seen) => count("effect 7")(seen) === 2);
      }));

    test("an effect is retried after its delay and not before", () =>
      withWake(async (wake, performed) => {
        const from = performance.now();
        wake.later("8", 250);
        await performed.until((seen) => seen.includes("effect 8"));
        expect(performance.now() - from).toBeGreaterThan(240);
      }));

    test("a tick whose time has passed runs at once", () =>
      withWake(async (wake, performed) => {
        wake.tick(3, new Date(Date.now() - 60_000));
        await performed.until((seen) => seen.includes("tick 3"));
      }));

    test("a tick runs at its time and not before", () =>
      withWake(async (wake, performed) => {
        const at = Date.now() + 250;
        wake.tick(4, new Date(at));
        await performed.until((seen) => seen.includes("tick 4"));
        // BullMQ counts whole milliseconds from its own reading of the clock.
        expect(Date.now()).toBeGreaterThanOrEqual(at - 5);
      }));

    test("two ticks of one bypass at different times both run", () =>
      withWake(async (wake, performed) => {
        wake.tick(5, new Date(Date.now() + 300));
        wake.tick(5, new Date(Date.now() + 150));
        await performed.until((seen) => count("tick 5")(seen) === 2);
      }));

    test("a follow-up and a tick of one bypass at the same time both run", () =>
      withWake(async (wake, performed) => {
        const at = new Date(Date.now() + 150);
        wake.followUp(7, at);
        wake.tick(7, at);
        await performed.until((seen) => seen.includes("followUp 7") && seen.includes("tick 7"));
      }));

    test("an empty list and an invalid time do nothing", () =>
      withWake(async (wake, performed) => {
        wake.effects([]);
        wake.tick(6, new Date(Number.NaN));
        wake.effects(["9"]);
        await performed.until((seen) => seen.includes("effect 9"));
        expect(performed.seen).toEqual(["effect 9"]);
      }));
  });
}
