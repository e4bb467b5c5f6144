/** What {@link ackFigures} needs of an approved bypass. */
export interface Acked {
  readonly path: string;
  /** From the declaration to the last required ack. */
  readonly seconds: number;
  readonly requester: string;
  /** Persons, each once. */
  readonly approvers: readonly string[];
}

/** Ack statistics of a path, without names of people. */
export interface AckFigures {
  readonly path: string;
  readonly acks: number;
  readonly medianSeconds: number;
  /** The share (0 to 1) of the acks that come from the most frequent pair of requester and approver. */
  readonly pairShare: number;
}

/**
 * Ack statistics per path, sorted by name. They show an escalation that is slow and two people who keep approving each
 * other. People are counted, never named.
 */
export function ackFigures(bypasses: readonly Acked[]): readonly AckFigures[] {
  const paths = [...new Set(bypasses.map(({ path }) => path))].sort();
  return paths.map((path) => {
    const ofPath = bypasses.filter((bypass) => bypass.path === path);
    const pairs = ofPath.flatMap(({ requester, approvers }) =>
      approvers.map((approver) => JSON.stringify([requester, approver])),
    );
    const counts = new Map<string, number>();
    for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
    return {
      path,
      acks: pairs.length,
      medianSeconds: median(ofPath.map(({ seconds }) => seconds)),
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
