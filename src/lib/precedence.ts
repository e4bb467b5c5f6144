/** Lets work that cannot wait go before work that can, on the one event loop. */
export interface Precedence {
  /** Runs work that cannot wait. */
  first<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when no such work is under way, or after `mostMs`: under a constant load the rest has its turn too. */
  quiet(mostMs: number): Promise<void>;
}

/** Nothing is under way yet. */
export function createPrecedence(): Precedence {
  let underWay = 0;
  const waiting = new Set<() => void>();
  return {
    first: async (work) => {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
        if (underWay === 0) for (const go of waiting) go();
      }
    },
    quiet: async (mostMs) => {
      // What has arrived meanwhile counts too, so it is read first.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (underWay === 0) return;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          waiting.delete(go);
          resolve();
        };
        const timer = setTimeout(go, mostMs);
        waiting.add(go);
      });
    },
  };
}
