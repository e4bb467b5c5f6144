/** An approved bypass, as far as the figures of acks need it. */
export interface Acked {
  readonly path: string;
  /** From the declaration to the last ack that was needed. */
  readonly seconds: number;
  readonly requester: string;
  /** Persons, each once. */
  readonly approvers: readonly string[];
}

/** How a path is acked: numbers, no names. */
export interface AckFigures {
  readonly path: string;
  readonly acks: number;
  readonly medianSeconds: number;
  /** The share (0 to 1) of its acks that the most frequent pair of requester and approver accounts for. */
  readonly pairShare: number;
}

/**
 * Per path, in the order of the names: an ack escalation that is slow, and two people who approve each other, are both worth
 * knowing of. Persons are counted and never told.
 */
export function ackFigures(all: readonly Acked[]): readonly AckFigures[] {
  const paths = [...new Set(all.map(({ path }) => path))].sort();
  return paths.map((path) => {
    const own = all.filter((one) => one.path === path);
    const pairs = own.flatMap(({ requester, approvers }) => approvers.map((one) => JSON.stringify([requester, one])));
    const counts = new Map<string, number>();
    for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
    return {
      path,
      acks: pairs.length,
      medianSeconds: median(own.map(({ seconds }) => seconds)),
      pairShare: pairs.length === 0 ? 0 : Math.max(...counts.values()) / pairs.length,
    };
  });
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
