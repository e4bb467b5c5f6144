import type { OutsidePager } from "../usecases/ports/ports.js";

/** Pagers of which it is remembered whether their last attempt was taken, for `/readyz`. */
export interface WatchedPagers {
  readonly pagers: readonly OutsidePager[];
  /** Names of those whose last attempt in this process failed, and that were not reached since. */
  failing(): readonly string[];
}

/** The same pagers, watched. */
export function watchPagers(pagers: readonly OutsidePager[]): WatchedPagers {
  const failing = new Set<string>();
  return {
    pagers: pagers.map(({ name, notify }) => ({
      name,
      notify: async (job) => {
        const outcome = await notify(job);
        if (outcome.ok) failing.delete(name);
        else failing.add(name);
        return outcome;
      },
    })),
    failing: () => [...failing].sort(),
  };
}
