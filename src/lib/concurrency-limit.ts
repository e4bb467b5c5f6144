/** Thrown when all places are taken and enough wait for one. The work was not begun. */
export class NoPlace extends Error {
  override readonly name = "NoPlace";
  readonly code = "no_place";
}

/** Runs at most so many pieces of work at once. The others wait in their order. */
export interface Places {
  /** @throws NoPlace when too many wait */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** `atOnce` pieces of work run, and at most `waiting` more wait. */
export function createPlaces({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }): Places {
  let running = 0;
  const queue: (() => void)[] = [];
  return {
    run: async (work) => {
      if (running >= atOnce) {
        if (queue.length >= waiting) throw new NoPlace(`${atOnce} run and ${waiting} wait already.`);
        // Whoever leaves hands the place on, so that nobody can take it in between.
        await new Promise<void>((resolve) => queue.push(resolve));
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
