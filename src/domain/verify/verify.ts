import { type OpenedBody, openBody } from "../events/body.js";
import { canonicalJson } from "../events/canonical.js";
import { type Checkpoint, createChainCheck } from "./chain.js";
import type { Finding, Found } from "./findings.js";
import { createOriginCheck, MOST_LISTED, type OriginCounts, type OriginOptions } from "./origins/origins.js";
import { createRemovalCheck } from "./origins/removals.js";
import { type ChainPoint, LONGEST, type Seen, type StoredEntry } from "./stored.js";
import { createStreamCheck } from "./streams.js";
import { createTextCheck } from "./texts.js";

/** The result of a verification. */
export interface Verification {
  readonly entries: number;
  /** `null` for an empty trail. */
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly findings: readonly Finding[];
  readonly origins: OriginCounts;
  /** What the trail alone cannot reveal, as sentences. */
  readonly cannotFind: readonly string[];
}

/** Takes every entry in the order of `seq`, oldest first. */
export interface Verifier {
  /** Returns the body; `null` when it cannot be read. */
  entry(stored: StoredEntry): OpenedBody | null;
  /** Compares the stored head of the trail with its last entry; both must be read at the same moment. */
  headRow(kept: ChainPoint, last: ChainPoint | null): void;
  finish(seen?: Seen): Verification;
}

/**
 * Verifies a trail as a stream. Keeps little more in memory than a version per stream, the ids of the commands, and the
 * redacted texts whose redaction entry is still to come. Pure: the caller reads the trail and passes in the entries.
 */
export function createVerifier({
  checkpoints = [],
  origins: judged = { read: null, allowSocketMode: true },
}: {
  readonly checkpoints?: readonly Checkpoint[];
  readonly origins?: OriginOptions;
} = {}): Verifier {
  const findings: Finding[] = [];
  const found: Found = (finding) => findings.push(finding);
  const chain = createChainCheck(checkpoints, found);
  const checkStream = createStreamCheck(found);
  const texts = createTextCheck(found);
  const origins = createOriginCheck(judged, found);
  const removals = createRemovalCheck(found, origins.removed);
  const gaps: number[] = [];
  let entries = 0;

  return {
    entry: (stored) => {
      entries += 1;
      chain.entry(stored);
      const opened = read(stored, found);
      if (opened === null) return null;
      checkStream(stored, opened);
      texts.entry(stored, opened);
      origins.entry(stored, opened);
      removals.entry(stored, opened);
      if (opened.event.type === "trail.gap") gaps.push(checkGap(stored.seq, opened.event.before, opened.at, found));
      return opened;
    },
    headRow: chain.headRow,
    finish: (seen = "all") => {
      if (seen === "all") {
        texts.finish();
        removals.finish();
        origins.finish();
      }
      const head = chain.finish(seen);
      const counts = origins.counts();
      return {
        entries,
        head,
        findings: [...findings],
        origins: counts,
        cannotFind: cannotFind(checkpoints, counts, gaps),
      };
    },
  };
}

function read({ seq, body }: StoredEntry, found: Found): OpenedBody | null {
  try {
    if (Buffer.byteLength(body) > LONGEST.body) {
      found({ seq, kind: "violation", message: `The body of entry ${seq} is longer than a body may be.` });
      return null;
    }
    const opened = openBody(body);
    if (canonicalJson(JSON.parse(body)) !== body)
      found({ seq, kind: "not_canonical", message: `The body of entry ${seq} is not canonical JSON.` });
    return opened;
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : "unknown fault";
    found({ seq, kind: "unreadable_body", message: `Entry ${seq} cannot be read: ${why}.` });
    return null;
  }
}

/** Pages that a backup holds are not sent, so a gap that reaches into the future would silence every later one. */
function checkGap(seq: number, before: string, at: string, found: Found): number {
  if (before > at) {
    const message = `Entry ${seq} tells of a restored backup that holds what came after that entry, so that later pages were left out.`;
    found({ seq, kind: "violation", message });
  }
  return seq;
}

/** The limits of the method. Every result carries them, so that a clean one does not promise too much. */
function cannotFind(
  checkpoints: readonly Checkpoint[],
  { proven, socket, removed, provenBefore, removedAt }: OriginCounts,
  gaps: readonly number[],
): string[] {
  const newest = Math.max(0, ...checkpoints.map(({ seq }) => seq));
  const after = newest === 0 ? "No checkpoint was given" : `The newest checkpoint given is of entry ${newest}`;
  return [
    `${after}: after it, a cut-off end, an end rewritten with new hashes, entries made up and added, and a database restored from an older backup look like a sound trail. Compare the head with one that was kept elsewhere, such as in an alert.`,
    ...(proven === null
      ? [
          "Without Slack's signing secret: whether what people did was delivered by Slack, or made up by the database's password.",
        ]
      : []),
    ...(proven !== null && socket > 0
      ? ["Whether Slack delivered what came over Socket Mode: nothing there is signed."]
      : []),
    ...(proven !== null && removed > provenBefore
      ? [
          `Whether Slack delivered what lost its origin with a redaction that did not prove it: ${listed(removedAt, removed - provenBefore)}.`,
        ]
      : []),
    ...(gaps.length === 0
      ? []
      : [
          `Whether a backup was restored, by the word of ${listed(gaps)}: pages that had waited until then were left out.`,
        ]),
    "Whether what people typed was true.",
  ];
}

/** Names entries by their positions, the first ones if there are many. */
function listed(seqs: readonly number[], all = seqs.length): string {
  const shown = seqs.slice(0, MOST_LISTED);
  const more = all - shown.length;
  return `${all === 1 ? "entry" : "entries"} ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
