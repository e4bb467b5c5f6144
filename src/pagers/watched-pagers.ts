import type { ExternalPager } from "../usecases/ports/ports.js";

/** Pagers whose last result is remembered for `/readyz`. */
export interface WatchedPagers {
  readonly pagers: readonly ExternalPager[];
  /** Returns the names of pagers whose last attempt in this process failed. */
  failing(): readonly string[];
}

/** Wraps the pagers so that their last result is remembered. */
export function watchPagers(pagers: readonly ExternalPager[]): WatchedPagers {
  const failing = new Set<string>();
  return {
    pagers: pagers.map(({ name, notify }) => ({
      name,
      notify: async (notification) => {
        const outcome = await notify(notification);
        if (outcome.ok) failing.delete(name);
        else failing.add(name);
        return outcome;
      },
    })),
    failing: () => [...failing].sort(),
  };
}
