import { chainHash, type Digest, GENESIS, leafHash, shortHead } from "../events/hash.js";
import type { Found } from "./findings.js";
import { type ChainPoint, LONGEST, type Seen, type StoredEntry } from "./stored.js";

/** A head of the trail kept outside it: the hash of entry `seq`, all of its hex digits or the first 24. */
export interface Checkpoint {
  readonly seq: number;
  readonly head: string;
}

/** Checks the hash chain, and that the checkpoints and the stored head name entries of it. */
export interface ChainCheck {
  entry(stored: StoredEntry): void;
  headRow(kept: ChainPoint, last: ChainPoint | null): void;
  /** Returns the last entry. Reports checkpoints whose entry is missing, once all were seen. */
  finish(seen: Seen): { readonly seq: number; readonly hash: string } | null;
}

const hex = (digest: Digest) => Buffer.from(digest).toString("hex");
const same = (a: Digest, b: Digest) => Buffer.compare(a, b) === 0;

/** Checks numbers, leaves, links, hashes and checkpoints entry by entry, and the head at the end. */
export function createChainCheck(checkpoints: readonly Checkpoint[], found: Found): ChainCheck {
  const awaited = new Map<number, Checkpoint[]>();
  for (const point of checkpoints) awaited.set(point.seq, [...(awaited.get(point.seq) ?? []), point]);
  let last: ChainPoint | null = null;

  return {
    entry: ({ seq, body, prev, leaf, hash }) => {
      const wrong = (kind: Parameters<Found>[0]["kind"], message: string) => found({ seq, kind, message });
      const before = last?.seq ?? 0;
      if (seq <= before) wrong("out_of_order", `Entry ${seq} comes after entry ${before}.`);
      else if (seq > before + 1) wrong("missing_entries", `Entries ${before + 1} to ${seq - 1} are missing.`);
      if (!same(prev, last?.hash ?? GENESIS))
        wrong("broken_link", `Entry ${seq} does not follow from the entry before it.`);
      // Of a body that is too long, only the beginning may be here; its length is reported instead.
      if (Buffer.byteLength(body) <= LONGEST.body && !same(leaf, leafHash(body)))
        wrong("altered_body", `The body of entry ${seq} is not the one that was recorded.`);
      if (!same(hash, chainHash(prev, seq, leaf)))
        wrong("altered_hash", `The hash of entry ${seq} is not that of its content.`);
      for (const point of awaited.get(seq) ?? []) {
        if (!hex(hash).startsWith(point.head))
          wrong("checkpoint", `Entry ${seq} is not the one of the checkpoint ${shortHead(point.head)}.`);
      }
      awaited.delete(seq);
      last = { seq, hash };
    },
    headRow: ({ seq, hash }, end) => {
      if (seq === (end?.seq ?? 0) && same(hash, end?.hash ?? GENESIS)) return;
      const ends = `the trail ends otherwise, at entry ${end?.seq ?? 0}`;
      found({ seq, kind: "head", message: `The kept head is that of entry ${seq}, but ${ends}.` });
    },
    finish: (seen) => {
      for (const { seq, head } of seen === "all" ? [...awaited.values()].flat() : []) {
        const message = `The checkpoint ${shortHead(head)} is of entry ${seq}, which is not there.`;
        found({ seq, kind: "checkpoint", message });
      }
      return last === null ? null : { seq: last.seq, hash: hex(last.hash) };
    },
  };
}
