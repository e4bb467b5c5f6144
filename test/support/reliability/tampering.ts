import { chainHash, leafHash } from "../../../src/domain/events/hash.js";
import type { StoredEntry, StoredText } from "../../../src/domain/verify/stored.js";
import { rechained, type StoredTrail, withTables } from "./stored-trail.js";

/**
 * A superuser's manipulation at one position of a trail. `shown` says what must detect it. `verify`: the database alone.
 * `checkpoint`: the result is a valid trail, so only a head that was kept outside before detects it, and `verify` says that
 * it cannot find it. `later`: an entry was appended, so only a head that was kept after it tells.
 */
export interface Tampering {
  readonly trail: StoredTrail;
  readonly shown: "verify" | "checkpoint" | "later";
}

/** Tampers with a trail at a position; `null` where that is not possible. */
export type Tamper = (trail: StoredTrail, index: number, other: number) => Tampering | null;

const found = (trail: StoredTrail): Tampering => ({ trail, shown: "verify" });

const commandOf = (entry: StoredEntry | undefined) => /"command":"([^"]*)"/.exec(entry?.body ?? "")?.[1];

function replaced(trail: StoredTrail, index: number, by: (entry: StoredEntry) => StoredEntry): StoredEntry[] {
  return trail.entries.map((entry, at) => (at === index ? by(entry) : entry));
}

const rows = (trail: StoredTrail, entries: readonly StoredEntry[]): StoredTrail => ({ ...trail, entries });

/** An edit that violates no rule: another command id. */
const edited = (body: string) => body.replace(/"command":"[^"]*/, "$&~");
const withLeaf = (entry: StoredEntry): StoredEntry => ({ ...entry, leaf: leafHash(entry.body) });
const withHash = (entry: StoredEntry): StoredEntry => ({
  ...entry,
  hash: chainHash(entry.prev, entry.seq, entry.leaf),
});
const edit = (entry: StoredEntry): StoredEntry => ({ ...entry, body: edited(entry.body) });

function edits(change: (entry: StoredEntry) => StoredEntry): Tamper {
  return (trail, index) => found(rows(trail, replaced(trail, index, change)));
}

/** Makes everything consistent with the rows: numbers, hashes, the head and the tables. */
const covered = (trail: StoredTrail, entries: readonly StoredEntry[]) => withTables(rechained(trail, entries));

/** A body that violates a rule, with everything after it made consistent. */
function withViolation(type: RegExp, change: (body: string) => string): Tamper {
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

/** Reports whether two neighbours may be swapped: they are of different bypasses, and neither is inside a decision. */
function mayChange(entries: readonly StoredEntry[], index: number): boolean {
  const [before, first, second, after] = [-1, 0, 1, 2].map((step) => entries[index + step]);
  const apart = (a?: StoredEntry, b?: StoredEntry) => commandOf(a) === undefined || commandOf(a) !== commandOf(b);
  const ofOneStream = first?.stream === second?.stream && first?.stream !== "system";
  return !ofOneStream && apart(before, first) && apart(first, second) && apart(second, after);
}

/** Shifts the versions of a bypass from this position on. */
function movedVersions(entries: readonly StoredEntry[], from: number, stream: string, by: number): StoredEntry[] {
  return entries.map((entry, index) => {
    if (index < from || entry.stream !== stream || entry.version === null) return entry;
    const version = entry.version + by;
    return { ...entry, version, body: entry.body.replace(/"version":\d+/, `"version":${version}`) };
  });
}

const inserted = (entries: readonly StoredEntry[], at: number, entry: StoredEntry): StoredEntry[] => [
  ...entries.slice(0, at),
  // An invalid position, so that redactions do not follow the copy.
  { ...entry, seq: -1 },
  ...entries.slice(at),
];

function texts(change: (texts: readonly StoredText[], trail: StoredTrail) => readonly StoredText[] | null): Tamper {
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

export const TAMPERINGS: Readonly<Record<string, Tamper>> = {
  "an edited body": edits(edit),
  "an edited body with its leaf": edits((entry) => withLeaf(edit(entry))),
  "an edited body with its leaf and hash": edits((entry) => withHash(withLeaf(edit(entry)))),
  "an edited body, all later entries rehashed": (trail, index) => ({
    trail: covered(trail, replaced(trail, index, edit)),
    shown: "checkpoint",
  }),
  "another approver, all later entries rehashed": withViolation(/"type":"ack.given"/, (body) =>
    body.replace(/"user":"U0(LEO|MIA)"/, '"user":"U0DANA"'),
  ),
  "a longer grant, all later entries rehashed": withViolation(/"type":"bypass.activated"/, (body) =>
    body.replace(/"endsAt":"([^"]*)"/, (_, at) => `"endsAt":"${new Date(Date.parse(at) + 1).toISOString()}"`),
  ),
  "an earlier time, all later entries rehashed": (trail, index, other) =>
    index === 0 ? null : withViolation(/./, anHourEarlier)(trail, index, other),
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
  "rows swapped with the next, all later entries rehashed": (trail, index) =>
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
  "a removed row, all later entries rehashed": removed,
  "a row replayed at the end, the tables as they were": (trail, index) => {
    const copy = trail.entries[index];
    return copy === undefined ? null : found(rechained(trail, inserted(trail.entries, trail.entries.length, copy)));
  },
  "a row replayed right after itself, all later entries rehashed": (trail, index) => {
    const copy = trail.entries[index];
    return copy === undefined ? null : found(covered(trail, inserted(trail.entries, index + 1, copy)));
  },
  "a row replayed at the end under a new command": (trail, index) => {
    const copy = trail.entries[index];
    if (copy === undefined) return null;
    const forged = covered(trail, inserted(trail.entries, trail.entries.length, edit(copy)));
    return { trail: forged, shown: copy.version === null ? "later" : "verify" };
  },
  "a forged line of the log, all later entries rehashed": forgedLine,
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

/** Reports whether the position is between two entries of one decision. */
const inDecision = (entries: readonly StoredEntry[], index: number) =>
  index > 0 && index < entries.length && commandOf(entries[index - 1]) === commandOf(entries[index]);

/** Positions of earlier entries whose texts were redacted from this position on. */
function redactionsAfter({ entries }: StoredTrail, index: number): number[] {
  const redactions = entries.slice(index).filter(({ body }) => body.includes('"type":"text.redacted"'));
  return redactions.map(({ body }) => Number(/"seq":(\d+)/.exec(body)?.[1])).filter((seq) => seq <= index);
}

function removed(trail: StoredTrail, index: number): Tampering | null {
  const { entries } = trail;
  const own = entries[index];
  if (own === undefined) return null;
  const rest = entries.filter((_, at) => at !== index);
  const isLast = own.stream === "system" || !entries.slice(index + 1).some(({ stream }) => stream === own.stream);
  // Removing the first entry of a bypass leaves a gap in the numbers; removing part of a decision leaves it incomplete.
  const alone = commandOf(entries[index - 1]) !== commandOf(own) && commandOf(entries[index + 1]) !== commandOf(own);
  // Removing a redaction leaves a missing text without its entry.
  const isRedaction = own.body.includes('"type":"text.redacted"');
  const isSound = isLast && alone && !isRedaction && !isMissedPolicy(own, rest);
  return { trail: covered(trail, rest), shown: isSound ? "checkpoint" : "verify" };
}

/** Whether what is left names the removed policy, and is judged because another one is on record before it. */
function isMissedPolicy(own: StoredEntry, rest: readonly StoredEntry[]): boolean {
  const hash = /"policyHash":"([^"]*)"/.exec(own.body)?.[1];
  if (hash === undefined || !own.body.includes('"type":"policy.changed"')) return false;
  const other = rest.findIndex(({ body }) => body.includes('"type":"policy.changed"'));
  const judged = rest.slice(other + 1).filter(({ body }) => /"type":"(bypass.declared|ack.given)"/.test(body));
  return other >= 0 && judged.some(({ body }) => body.includes(hash));
}

/** Inserts a log line that the requester never wrote, right after an entry of the bypass. */
function forgedLine(trail: StoredTrail, index: number): Tampering | null {
  const { entries } = trail;
  const own = entries[index];
  if (own === undefined || own.version === null) return null;
  const version = own.version + 1;
  const at = /"at":"([^"]*)"/.exec(own.body)?.[1];
  const body = `{"actor":{"kind":"person","person":"dana","user":"U0DANA"},"at":"${at}","bypass":"${own.stream}","command":"forged","type":"bypass.logged","v":1,"version":${version},"via":"command"}`;
  const line = { ...own, version, body, texts: [] };
  const forged = inserted(movedVersions(entries, index + 1, own.stream, 1), index + 1, line);
  const shown = index + 1 === entries.length ? "later" : "checkpoint";
  return { trail: covered(trail, forged), shown: inDecision(entries, index + 1) ? "verify" : shown };
}
