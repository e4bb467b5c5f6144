/** The claims that this process works on. A claim is known here from before it is sent until the row is let go. */
export interface Claims {
  /** The id of this process among those on the same database. */
  readonly instance: string;
  /** Opens a claim and returns its number, which no other claim of this process has. */
  open(): number;
  /** Ends a claim that was not granted. */
  end(claim: number): void;
  /** Notes that the claim holds the row. */
  grant(claim: number, rowId: string): void;
  /** The claim that holds the row; `null` if this process does not hold it. */
  holding(rowId: string): number | null;
  /** Ends the claim that holds the row, if there is one. */
  letGo(rowId: string): void;
  /** False for a claim that nobody here works on, so that its row must be given back. */
  isKnown(claim: number): boolean;
}

/** Creates the list of claims of one process. */
export function createClaims(instance: string): Claims {
  const known = new Set<number>();
  const held = new Map<string, number>();
  let last = 0;
  return {
    instance,
    open: () => {
      last += 1;
      known.add(last);
      return last;
    },
    end: (claim) => void known.delete(claim),
    grant: (claim, rowId) => {
      const earlier = held.get(rowId);
      if (earlier !== undefined && earlier !== claim) known.delete(earlier);
      held.set(rowId, claim);
    },
    holding: (rowId) => held.get(rowId) ?? null,
    letGo: (rowId) => {
      const claim = held.get(rowId);
      held.delete(rowId);
      if (claim !== undefined) known.delete(claim);
    },
    isKnown: (claim) => known.has(claim),
  };
}
