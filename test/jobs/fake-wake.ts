import type { Perform } from "../../src/jobs/performer.js";
import type { Wake } from "../../src/usecases/ports/ports.js";

/** A `Wake` without a queue, for tests of other things: everything is performed in this process, at its moment. */
export function createFakeWake(perform: Pick<Perform, "effect" | "tick" | "chase">): {
  wake: Wake;
  stop: () => Promise<void>;
} {
  const timers = new Set<NodeJS.Timeout>();
  const inFlight = new Set<Promise<void>>();
  const after = (ms: number, work: () => Promise<void>): void => {
    if (Number.isNaN(ms)) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const done = work()
        .catch(() => {})
        .finally(() => inFlight.delete(done));
      inFlight.add(done);
    }, ms);
    timers.add(timer);
  };
  return {
    wake: {
      effects: (ids) => {
        for (const id of ids) after(0, () => perform.effect(id));
      },
      later: (id, delayMs) => after(delayMs, () => perform.effect(id)),
      tick: (n, at) => after(at.getTime() - Date.now(), () => perform.tick(n)),
      chase: (n, at) => after(at.getTime() - Date.now(), () => perform.chase(n)),
    },
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(inFlight);
    },
  };
}
