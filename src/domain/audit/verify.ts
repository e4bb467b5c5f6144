import { isBypassFact, type OpenedBody, openBody } from "./body.js";
import { canonicalJson } from "./canonical.js";
import { chainHash, type Digest, GENESIS, leafHash, shortHead, textHash } from "./hash.js";

/** Everything that a verification can find. */
export const FINDING_KINDS = [
  "missing_entries",
  "out_of_order",
  "broken_link",
  "altered_body",
  "altered_hash",
  "unreadable_body",
  "not_canonical",
  "wrong_stream",
  "wrong_version",
  "wrong_number",
  "repeated_command",
  "altered_text",
  "missing_text",
  "surplus_text",
  "lost_text",
  "kept_text",
  "checkpoint",
  "head",
  "projection",
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** One thing that is wrong, and where; `seq` 0 when it belongs to no entry. Messages quote no text of a person. */
export interface Finding {
  readonly seq: number;
  readonly kind: FindingKind;
  readonly message: string;
  /** With `kept_text`: which text, so that a reader can look again; it may have been redacted while he read. */
  readonly field?: string;
}

/** A text as it lies beside its entry; nonce and text are `null` once it was redacted. */
export interface StoredText {
  readonly field: string;
  readonly nonce: string | null;
  readonly text: string | null;
}

/** An entry as it is stored. */
export interface StoredEntry {
  readonly seq: number;
  readonly stream: string;
  readonly version: number | null;
  readonly body: string;
  readonly prev: Digest;
  readonly leaf: Digest;
  readonly hash: Digest;
  readonly texts: readonly StoredText[];
}

/** A head of the trail that was kept outside: the hash of entry `seq`, all of its hex digits or the first 24. */
export interface Checkpoint {
  readonly seq: number;
  readonly head: string;
}

/** What a verification says at its end. */
export interface Verdict {
  readonly entries: number;
  /** `null` for an empty trail. */
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly findings: readonly Finding[];
  /** What a look at the trail alone cannot find, in sentences. */
  readonly cannotFind: readonly string[];
}

/** Takes every entry in the order of `seq`, oldest first. */
export interface Verifier {
  /** Answers the body when it could be read. */
  entry(stored: StoredEntry): OpenedBody | null;
  /** The row in which the trail keeps its head, and the hash of the last entry, both of one moment. */
  headRow(kept: { seq: number; hash: Digest }, last: { seq: number; hash: Digest } | null): void;
  finish(): Verdict;
}

const hex = (digest: Digest) => Buffer.from(digest).toString("hex");
const same = (a: Digest, b: Digest) => Buffer.compare(a, b) === 0;

/**
 * Verifies a trail as it streams by, holding little more than a position per stream, the ids of the commands and the
 * texts whose redaction is still to come. Pure: whoever reads the trail feeds it.
 */
export function createVerifier({ checkpoints = [] }: { readonly checkpoints?: readonly Checkpoint[] } = {}): Verifier {
  const findings: Finding[] = [];
  const versions = new Map<number, number>();
  const commands = new Set<string>();
  const nulled = new Set<string>();
  const awaited = new Map<number, Checkpoint[]>();
  for (const point of checkpoints) awaited.set(point.seq, [...(awaited.get(point.seq) ?? []), point]);
  let entries = 0;
  let last: { seq: number; hash: Digest } | null = null;
  let newest = { command: "", body: "" };

  const found = (seq: number, kind: FindingKind, message: string) => findings.push({ seq, kind, message });

  const chain = ({ seq, body, prev, leaf, hash }: StoredEntry) => {
    const before = last?.seq ?? 0;
    if (seq <= before) found(seq, "out_of_order", `Entry ${seq} comes after entry ${before}.`);
    else if (seq > before + 1) found(seq, "missing_entries", `Entries ${before + 1} to ${seq - 1} are missing.`);
    if (!same(prev, last?.hash ?? GENESIS))
      found(seq, "broken_link", `Entry ${seq} does not follow from the entry before it.`);
    if (!same(leaf, leafHash(body)))
      found(seq, "altered_body", `The body of entry ${seq} is not the one that was recorded.`);
    if (!same(hash, chainHash(prev, seq, leaf)))
      found(seq, "altered_hash", `The hash of entry ${seq} is not that of its content.`);
    for (const point of awaited.get(seq) ?? []) {
      if (!hex(hash).startsWith(point.head))
        found(seq, "checkpoint", `Entry ${seq} is not the one of the checkpoint ${shortHead(point.head)}.`);
    }
    awaited.delete(seq);
    last = { seq, hash };
  };

  const place = ({ seq, stream, version }: StoredEntry, { n, fact, ...body }: OpenedBody) => {
    if (stream !== (n === null ? "system" : `BG-${n}`) || version !== body.version) {
      found(
        seq,
        "wrong_stream",
        `Entry ${seq} is filed under ${stream}, version ${version ?? "none"}, which is not what it says.`,
      );
    }
    if (n === null) return;
    if (!isBypassFact(fact)) found(seq, "wrong_stream", `Entry ${seq} tells ${fact.type}, which belongs to no bypass.`);
    const expected = (versions.get(n) ?? 0) + 1;
    if (expected === 1 && n !== versions.size + 1) {
      found(seq, "wrong_number", `Entry ${seq} begins BG-${n}, but BG-${versions.size + 1} would be the next.`);
    }
    if (body.version !== expected)
      found(seq, "wrong_version", `Entry ${seq} is version ${body.version} of BG-${n}, but ${expected} was due.`);
    versions.set(n, body.version ?? expected);
  };

  /** The entries of one command stand together and differ; the same id further on, or the same body, is a replay. */
  const once = ({ seq, body }: StoredEntry, { command }: OpenedBody) => {
    if (command === newest.command ? body === newest.body : commands.has(command)) {
      found(seq, "repeated_command", `Entry ${seq} repeats a command that was recorded before.`);
    }
    commands.add(command);
    newest = { command, body };
  };

  const texts = ({ seq, texts: stored }: StoredEntry, { textHashes }: OpenedBody) => {
    const names = new Set([...Object.keys(textHashes), ...stored.map(({ field }) => field)]);
    for (const field of names) {
      const promised = Object.entries(textHashes).find(([name]) => name === field)?.[1];
      const beside = stored.find((text) => text.field === field);
      if (promised === undefined) found(seq, "surplus_text", `Entry ${seq} has a text ${field} that it does not name.`);
      else if (beside === undefined) found(seq, "missing_text", `The text ${field} of entry ${seq} is missing.`);
      else if (beside.text === null || beside.nonce === null) nulled.add(`${seq} ${field}`);
      else if (textHash(beside.nonce, beside.text) !== promised) {
        found(seq, "altered_text", `The text ${field} of entry ${seq} is not the one that was recorded.`);
      }
    }
  };

  const redaction = (seq: number, { fact }: OpenedBody) => {
    if (fact.type !== "text.redacted" || nulled.delete(`${fact.seq} ${fact.field}`)) return;
    const what = `Entry ${seq} says that the text ${fact.field} of entry ${fact.seq} was redacted`;
    findings.push({
      seq: fact.seq,
      kind: "kept_text",
      message: `${what}, but no such text is gone.`,
      field: fact.field,
    });
  };

  return {
    entry: (stored) => {
      entries += 1;
      chain(stored);
      const body = read(stored, found);
      if (body === null) return null;
      place(stored, body);
      once(stored, body);
      texts(stored, body);
      redaction(stored.seq, body);
      return body;
    },
    headRow: (kept, end) => {
      if (kept.seq === (end?.seq ?? 0) && same(kept.hash, end?.hash ?? GENESIS)) return;
      found(
        kept.seq,
        "head",
        `The kept head is that of entry ${kept.seq}, but the trail ends otherwise, at entry ${end?.seq ?? 0}.`,
      );
    },
    finish: () => {
      for (const key of nulled) {
        const [seq, field] = key.split(" ");
        found(
          Number(seq),
          "lost_text",
          `The text ${field} of entry ${seq} is gone, and no entry tells of its redaction.`,
        );
      }
      for (const point of [...awaited.values()].flat()) {
        found(
          point.seq,
          "checkpoint",
          `The checkpoint ${shortHead(point.head)} is of entry ${point.seq}, which is not there.`,
        );
      }
      const head = last === null ? null : { seq: last.seq, hash: hex(last.hash) };
      return { entries, head, findings: [...findings], cannotFind: cannotFind(checkpoints) };
    },
  };
}

type Found = (seq: number, kind: FindingKind, message: string) => void;

function read({ seq, body }: StoredEntry, found: Found): OpenedBody | null {
  try {
    const opened = openBody(body);
    if (canonicalJson(JSON.parse(body)) !== body)
      found(seq, "not_canonical", `The body of entry ${seq} is not canonical JSON.`);
    return opened;
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : "unknown fault";
    found(seq, "unreadable_body", `Entry ${seq} cannot be read: ${why}.`);
    return null;
  }
}

/** The limits of the method, which are told with every result: a clean one must not promise more than it can. */
function cannotFind(checkpoints: readonly Checkpoint[]): string[] {
  const newest = Math.max(0, ...checkpoints.map(({ seq }) => seq));
  const after = newest === 0 ? "No checkpoint was given" : `The newest checkpoint given is of entry ${newest}`;
  return [
    `${after}: after it, a cut-off end, an end rewritten with new hashes, and a database restored from an older backup look like a sound trail. Compare the head with one that was kept elsewhere, such as in an alert.`,
    "Whether what people typed was true.",
  ];
}
