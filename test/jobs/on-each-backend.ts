import { describe, expect, test } from "vitest";
import type { JobsBackend } from "../../src/jobs/jobs.js";
import { wakeContract } from "../contract/wake.js";
import { started } from "./started.js";
import { createLatch, createTally } from "./tally.js";

/** The tests of the jobs that hold on every backend. */
export function jobsSuite(name: string, backend: () => JobsBackend): void {
  wakeContract(`BullMQ on ${name}`, async (performed) => {
    const { wake, stop, lines } = await started(backend(), { performed });
    return {
      wake,
      stop: async () => {
        await stop();
        // A warning would mean that the process performed the work instead of the queue.
        expect(lines.seen.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
      },
    };
  });

  describe(`Jobs on ${name}`, () => {
    test("two instances share one queue, both work, and each wake-up is done once", async () => {
      const performed = createTally<string>();
      const bothWork = createLatch();
      const workers = new Set<string>();
      const as = (instance: string) => async () => {
        workers.add(instance);
        if (workers.size === 2) bothWork.open();
        await bothWork.passed;
      };
      const work = (instance: string) => ({
        effect: async (id: string) => {
          performed.add(id);
          await as(instance)();
        },
        tick: async () => {},
        followUp: async () => {},
        sweep: async () => {},
      });
      const one = await started(backend(), { perform: work("one"), concurrency: 1 });
      const two = await started(backend(), { perform: work("two"), concurrency: 1 });
      const ids = Array.from({ length: 30 }, (_, index) => `shared-${index}`);
      one.wake.effects(ids);
      await performed.until((seen) => seen.length >= ids.length);
      await Promise.all([one.stop(), two.stop()]);
      expect([...workers].sort()).toEqual(["one", "two"]);
      expect([...performed.seen].sort()).toEqual([...ids].sort());
    });

    test("a stop waits for work in flight and takes no new work", async () => {
      const { passed, open } = createLatch();
      const { jobs, wake, performed } = await started(backend(), {
        meanwhile: async (what) => (what === "sweep" ? undefined : passed),
      });
      wake.effects(["in-flight"]);
      await performed.until((seen) => seen.includes("effect in-flight"));
      let stopped = false;
      const stopping = jobs.stop(20_000).then(() => {
        stopped = true;
      });
      wake.effects(["too-late"]);
      expect(stopped).toBe(false);
      open();
      await stopping;
      expect(performed.seen).toEqual(["effect in-flight"]);
      expect(jobs.state()).toMatchObject({ up: false, detail: "stopped" });
    });

    test("a stop does not wait past its deadline", async () => {
      const never = new Promise<void>(() => {});
      const { jobs, wake, performed, lines } = await started(backend(), {
        meanwhile: async (what) => (what === "sweep" ? undefined : never),
      });
      wake.effects(["stuck"]);
      await performed.until((seen) => seen.includes("effect stuck"));
      const from = performance.now();
      await jobs.stop(200);
      expect(performance.now() - from).toBeLessThan(5_000);
      expect(lines.seen.map(({ event }) => event)).toContain("jobs.cut_short");
    });

    test("work that fails is logged with its id and left to the sweep", async () => {
      const { jobs, wake, lines, performed } = await started(backend(), {
        meanwhile: async (what) => {
          if (what === "effect bad") throw Object.assign(new Error("no"), { code: "E7" });
        },
      });
      wake.effects(["bad"]);
      await lines.until((seen) => seen.some(({ event, fields }) => event === "job.failed" && fields.id === "bad"));
      wake.effects(["good"]);
      await performed.until((seen) => seen.includes("effect good"));
      await jobs.stop(5_000);
      expect(performed.seen).toEqual(["effect bad", "effect good"]);
    });
  });
}
