/**
 * Which ids name the same account. An account has a second one when its workspace was moved into an Enterprise
 * organisation: then the answer about either id names the other. What was heard once is kept, as the two never part.
 */
export interface SameAccount {
  /** Notes that the answer about `asked` named these ids. */
  heard(asked: string, ids: readonly string[]): void;
  /** Every id known to name that account. */
  idsOf(id: string): readonly string[];
}

export function createSameAccount(): SameAccount {
  const known = new Map<string, readonly string[]>();
  const idsOf = (id: string): readonly string[] => known.get(id) ?? [id];
  return {
    heard: (asked, ids) => {
      const all = [...new Set([...ids, ...[asked, ...ids].flatMap(idsOf)])];
      // Almost every account has one id, and needs no memory.
      if (all.length > 1) for (const id of all) known.set(id, all);
    },
    idsOf,
  };
}
