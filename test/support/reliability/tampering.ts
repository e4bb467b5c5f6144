import { chainHash, leafHash } from "../../../src/domain/events/hash.js";
import type { StoredEntry, StoredText } from "../../../src/domain/verify/stored.js";
import { rechained, type StoredTrail, withTables } from "./stored-trail.js";

/**
 * What a superuser may do at one position of a trail. `shown`: by what it must come out. `verify`: by a look at the
 * database alone. `checkpoint`: what is left is a trail that could have been written, so only a head that was kept
 * outside tells; `verify` says that it cannot find it. `later`: only a head that was kept after it was done tells.
 */
export interface Tampering {
  readonly trail: StoredTrail;
  readonly shown: "verify" | "checkpoint" | "later";
}

/** `null` where it cannot be done at that position. */
export type Hand = (trail: StoredTrail, index: number, other: number) => Tampering | null;

const found = (trail: StoredTrail): Tampering => ({ trail, shown: "verify" });

const commandOf = (entry: StoredEntry | undefined) => /"command":"([^"]*)"/.exec(entry?.body ?? "")?.[1];

function replaced(trail: StoredTrail, index: number, by: (entry: StoredEntry) => StoredEntry): StoredEntry[] {
  return trail.entries.map((entry, at) => (at === index ? by(entry) : entry));
}

const rows = (trail: StoredTrail, entries: readonly StoredEntry[]): StoredTrail => ({ ...trail, entries });

/** A lawful edit: another command id. */
const edited = (body: string) => body.replace(/"command":"[^"]*/, "$&~");
const withLeaf = (entry: StoredEntry): StoredEntry => ({ ...entry, leaf: leafHash(entry.body) });
const withHash = (entry: StoredEntry): StoredEntry => ({
  ...entry,
  hash: chainHash(entry.prev, entry.seq, entry.leaf),
});
const edit = (entry: StoredEntry): StoredEntry => ({ ...entry, body: edited(entry.body) });

function edits(change: (entry: StoredEntry) => StoredEntry): Hand {
  return (trail, index) => found(rows(trail, replaced(trail, index, change)));
}

/** Everything that follows from the rows is made to follow: numbers, hashes, the head and the tables. */
const covered = (trail: StoredTrail, entries: readonly StoredEntry[]) => withTables(rechained(trail, entries));

/** A body that says something which the rules forbid, with everything after it made to fit. */
function unlawful(type: RegExp, change: (body: string) => string): Hand {
  return (trail, index) => {
    const body = trail.entries[index]?.body ?? "";
    if (!type.test(body) || change(body) === body) return null;
    return found(
      covered(
        trail,
        replaced(trail, index, (entry) => ({ ...entry, body: change(entry.body) })),
      ),
    );
  };
}

const anHourEarlier = (body: string) =>
  body.replace(/"at":"([^"]*)"/, (_, at) => `"at":"${new Date(Date.parse(at) - 3_600_000).toISOString()}"`);

function swappedWith(trail: StoredTrail, a: number, b: number): StoredEntry[] {
  const { entries } = trail;
  return entries.map((entry, at) => entries[at === a ? b : at === b ? a : at] ?? entry);
}

/** Two neighbours of different bypasses, neither in the midst of its decision, may as well have come the other way round. */
function mayChange(entries: readonly StoredEntry[], index: number): boolean {
  const [before, first, second, after] = [-1, 0, 1, 2].map((step) => entries[index + step]);
  const apart = (a?: StoredEntry, b?: StoredEntry) => commandOf(a) === undefined || commandOf(a) !== commandOf(b);
  const ofOneStream = first?.stream === second?.stream && first?.stream !== "system";
  return !ofOneStream && apart(before, first) && apart(first, second) && apart(second, after);
}

/** The versions of a bypass from there on, moved by one. */
function movedVersions(entries: readonly StoredEntry[], from: number, stream: string, by: number): StoredEntry[] {
  return entries.map((entry, index) => {
    if (index < from || entry.stream !== stream || entry.version === null) return entry;
    const version = entry.version + by;
    return { ...entry, version, body: entry.body.replace(/"version":\d+/, `"version":${version}`) };
  });
}

const inserted = (entries: readonly StoredEntry[], at: number, entry: StoredEntry): StoredEntry[] => [
  ...entries.slice(0, at),
  // A position of its own, so that redactions do not follow the copy.
  { ...entry, seq: -1 },
  ...entries.slice(at),
];

function texts(change: (texts: readonly StoredText[], trail: StoredTrail) => readonly StoredText[] | null): Hand {
  return (trail, index) => {
    const now = trail.entries[index]?.texts ?? [];
    const then = change(now, trail);
    return then === null
      ? null
      : found(
          rows(
            trail,
            replaced(trail, index, (entry) => ({ ...entry, texts: then })),
          ),
        );
  };
}

const kept = (all: readonly StoredText[]) => all.length > 0 && all.every(({ text }) => text !== null);
const gone = (all: readonly StoredText[]) => all.some(({ text }) => text === null);

export const HANDS: Readonly<Record<string, Hand>> = {
  "an edited body": edits(edit),
  "an edited body with its leaf": edits((entry) => withLeaf(edit(entry))),
  "an edited body with its leaf and hash": edits((entry) => withHash(withLeaf(edit(entry)))),
  "an edited body, and all after it hashed anew": (trail, index) => ({
    trail: covered(trail, replaced(trail, index, edit)),
    shown: "checkpoint",
  }),
  "another approver, all after it hashed anew": unlawful(/"type":"ack.given"/, (body) =>
    body.replace(/"user":"U0(LEO|MIA)"/, '"user":"U0DANA"'),
  ),
  "a longer grant, all after it hashed anew": unlawful(/"type":"bypass.activated"/, (body) =>
    body.replace(/"endsAt":"([^"]*)"/, (_, at) => `"endsAt":"${new Date(Date.parse(at) + 1).toISOString()}"`),
  ),
  "an earlier time, all after it hashed anew": (trail, index, other) =>
    index === 0 ? null : unlawful(/./, anHourEarlier)(trail, index, other),
  "bodies swapped with the next": (trail, index) => {
    const next = trail.entries[index + 1];
    const own = trail.entries[index];
    if (next === undefined || own === undefined) return null;
    const bodies = replaced(trail, index, (entry) => ({ ...entry, body: next.body }));
    return found(
      rows(
        trail,
        bodies.map((entry, at) => (at === index + 1 ? { ...entry, body: own.body } : entry)),
      ),
    );
  },
  "rows swapped with another": (trail, index, other) =>
    index === other
      ? null
      : found(
          rows(
            trail,
            swappedWith(trail, index, other).map((entry, at) => ({ ...entry, seq: at + 1 })),
          ),
        ),
  "rows swapped with the next, all after it hashed anew": (trail, index) =>
    index + 1 >= trail.entries.length
      ? null
      : {
          trail: covered(trail, swappedWith(trail, index, index + 1)),
          shown: mayChange(trail.entries, index) ? "checkpoint" : "verify",
        },
  "filed under another bypass": edits((entry) => ({ ...entry, stream: "BG-99999", version: 1 })),
  "a removed row": (trail, index) =>
    found(
      rows(
        trail,
        trail.entries.filter((_, at) => at !== index),
      ),
    ),
  "a removed row, all after it hashed anew": removed,
  "a row replayed at the end, the tables as they were": (trail, index) => {
    const copy = trail.entries[index];
    return copy === undefined ? null : found(rechained(trail, inserted(trail.entries, trail.entries.length, copy)));
  },
  "a row replayed right after itself, all after it hashed anew": (trail, index) => {
    const copy = trail.entries[index];
    return copy === undefined ? null : found(covered(trail, inserted(trail.entries, index + 1, copy)));
  },
  "a row replayed at the end under a new command": (trail, index) => {
    const copy = trail.entries[index];
    if (copy === undefined) return null;
    const forged = covered(trail, inserted(trail.entries, trail.entries.length, edit(copy)));
    return { trail: forged, shown: copy.version === null ? "later" : "verify" };
  },
  "a forged line of the log, all after it hashed anew": forgedLine,
  "a cut tail, the head as it was": (trail, index) => found(rows(trail, trail.entries.slice(0, index))),
  "a cut tail, the head and the tables moved with it": (trail, index) => {
    const left = trail.entries.slice(0, index);
    const isWhole = !inDecision(trail.entries, index) && redactionsAfter(trail, index).length === 0;
    return { trail: covered(trail, left), shown: isWhole ? "checkpoint" : "verify" };
  },
  "a restored backup": (trail, index) => {
    if (inDecision(trail.entries, index)) return null;
    const texts = new Map(redactionsAfter(trail, index).map((seq) => [seq, trail.redacted.get(seq)]));
    const left = trail.entries
      .slice(0, index)
      .map((entry) => ({ ...entry, texts: texts.get(entry.seq) ?? entry.texts }));
    return { trail: covered(trail, left), shown: "checkpoint" };
  },
  "an edited text": texts((all) => (kept(all) ? all.map((one) => ({ ...one, text: `${one.text}.` })) : null)),
  "a nulled text": texts((all) => (kept(all) ? all.map((one) => ({ ...one, text: null, nonce: null })) : null)),
  "a removed text": texts((all) => (kept(all) ? [] : null)),
  "a text too many": texts((all) => (all.length > 0 ? null : [{ field: "line", nonce: "00".repeat(16), text: "x" }])),
  "the text of another entry": texts((all, { entries }) => {
    const [own] = all;
    const other = entries.flatMap((entry) => entry.texts).find((one) => one.text !== null && one.text !== own?.text);
    return !kept(all) || other === undefined ? null : all.map((one) => ({ ...other, field: one.field }));
  }),
  "a redacted text put back": texts((all) =>
    gone(all) ? all.map((one) => ({ ...one, nonce: "00".repeat(16), text: "as it was" })) : null,
  ),
};

/** Between two entries of one decision. */
const inDecision = (entries: readonly StoredEntry[], index: number) =>
  index > 0 && index < entries.length && commandOf(entries[index - 1]) === commandOf(entries[index]);

/** Whose texts were redacted from there on, as positions; only of entries before. */
function redactionsAfter({ entries }: StoredTrail, index: number): number[] {
  const told = entries.slice(index).filter(({ body }) => body.includes('"type":"text.redacted"'));
  return told.map(({ body }) => Number(/"seq":(\d+)/.exec(body)?.[1])).filter((seq) => seq <= index);
}

function removed(trail: StoredTrail, index: number): Tampering | null {
  const { entries } = trail;
  const own = entries[index];
  if (own === undefined) return null;
  const rest = entries.filter((_, at) => at !== index);
  const isLast = own.stream === "system" || !entries.slice(index + 1).some(({ stream }) => stream === own.stream);
  // The first of a bypass leaves its number open; one of a decision leaves it without its end, or its beginning.
  const alone = commandOf(entries[index - 1]) !== commandOf(own) && commandOf(entries[index + 1]) !== commandOf(own);
  // A redaction that is not told leaves a text that is gone.
  const tells = own.body.includes('"type":"text.redacted"');
  return { trail: covered(trail, rest), shown: isLast && alone && !tells ? "checkpoint" : "verify" };
}

/** A line that the requester never wrote, right after an entry of the bypass. */
function forgedLine(trail: StoredTrail, index: number): Tampering | null {
  const { entries } = trail;
  const own = entries[index];
  if (own === undefined || own.version === null) return null;
  const version = own.version + 1;
  const at = /"at":"([^"]*)"/.exec(own.body)?.[1];
  const body = `{"actor":{"kind":"person","person":"dana","user":"U0DANA"},"at":"${at}","bypass":"${own.stream}","command":"forged","type":"bypass.logged","v":1,"version":${version},"via":"command"}`;
  const line = { ...own, version, body, texts: [] };
  const forged = inserted(movedVersions(entries, index + 1, own.stream, 1), index + 1, line);
  const lawful = index + 1 === entries.length ? "later" : "checkpoint";
  return { trail: covered(trail, forged), shown: inDecision(entries, index + 1) ? "verify" : lawful };
}
