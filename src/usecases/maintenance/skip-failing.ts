/** The most sweeps that work is left out of after it has failed: some 20 s, so that an outage delays nothing for long. */
const MOST_SWEEPS = 4;
/** After this many sweeps without another failure, the earlier ones no longer count. */
const FORGET_AFTER = 2 * MOST_SWEEPS;

interface Failing {
  readonly times: number;
  /** The last sweep that leaves it out. */
  readonly until: number;
}

/**
 * What has failed and is left out for a while: of the sweep in which it failed, and of more sweeps with each further
 * time. Otherwise work that fails every time, such as that of a bypass with an unreadable entry, would fill each batch
 * and what is behind it would never be reached.
 */
export interface SetAside {
  /** Begins the next sweep. */
  nextSweep(): void;
  /** At most `limit` of what `find` returns first, without what is set aside. `kind` tells kinds of work apart. */
  notYetTried<T extends string | number>(
    kind: string,
    find: (limit: number) => Promise<readonly T[]>,
    limit: number,
  ): Promise<T[]>;
  failed(kind: string, id: string | number): void;
}

/** Creates an empty list. */
export function createSetAside(): SetAside {
  const failing = new Map<string, Failing>();
  let sweep = 0;
  const isAside = (key: string): boolean => (failing.get(key)?.until ?? 0) >= sweep;
  return {
    nextSweep: () => {
      sweep += 1;
      for (const [id, { until }] of failing) if (until + FORGET_AFTER < sweep) failing.delete(id);
    },
    notYetTried: async (kind, find, limit) => {
      const aside = [...failing.keys()].filter((key) => key.startsWith(`${kind} `) && isAside(key)).length;
      return (await find(limit + aside)).filter((id) => !isAside(`${kind} ${id}`)).slice(0, limit);
    },
    failed: (kind, id) => {
      const key = `${kind} ${id}`;
      const times = (failing.get(key)?.times ?? 0) + 1;
      failing.set(key, { times, until: sweep + Math.min(MOST_SWEEPS, 2 ** (times - 1) - 1) });
    },
  };
}
