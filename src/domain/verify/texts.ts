import type { OpenedBody } from "../events/body.js";
import { sha256Hex } from "../events/canonical.js";
import { textHash } from "../events/hash.js";
import type { FindingKind, Found } from "./findings.js";
import type { StoredEntry } from "./stored.js";

/** The longest text, in bytes: more than anybody can type. */
const LONGEST_TEXT = 65_536;
const LONGEST_POLICY = 1_048_576;

/** Is every text the one that its entry names, and did every text that is gone go by a redaction on record? */
export interface TextCheck {
  entry(stored: StoredEntry, opened: OpenedBody): void;
  /** Tells of texts that are gone without an entry. */
  finish(): void;
}

/** Checks that each text is the one whose hash its body carries, and that one is gone only where an entry says so. */
export function createTextCheck(found: Found): TextCheck {
  /** Texts that are gone, by entry and field, until the entry of their redaction comes. */
  const nulled = new Map<string, { readonly seq: number; readonly field: string }>();
  const key = (seq: number, field: string) => `${seq} ${field}`;

  const texts = ({ seq, texts: stored }: StoredEntry, { textHashes }: OpenedBody) => {
    const wrong = (kind: FindingKind, message: string) => found({ seq, kind, message });
    const names = new Set([...Object.keys(textHashes), ...stored.map(({ field }) => field)]);
    for (const field of names) {
      const promised = Object.entries(textHashes).find(([name]) => name === field)?.[1];
      const beside = stored.find((text) => text.field === field);
      if (promised === undefined) wrong("surplus_text", `Entry ${seq} has a text ${field} that it does not name.`);
      else if (beside === undefined) wrong("missing_text", `The text ${field} of entry ${seq} is missing.`);
      else if (beside.text === null || beside.nonce === null) nulled.set(key(seq, field), { seq, field });
      else if (textHash(beside.nonce, beside.text) !== promised) {
        wrong("altered_text", `The text ${field} of entry ${seq} is not the one that was recorded.`);
      } else if (Buffer.byteLength(beside.text) > (field === "policy" ? LONGEST_POLICY : LONGEST_TEXT)) {
        wrong("violation", `The text ${field} of entry ${seq} is longer than a text may be.`);
      }
    }
  };

  /** A policy is known by the hash of its text, which is never redacted: later readers judge by it. */
  const policy = ({ seq, texts: stored }: StoredEntry, { event }: OpenedBody) => {
    if (event.type !== "policy.changed") return;
    const text = stored.find(({ field }) => field === "policy")?.text ?? null;
    if (text !== null && sha256Hex(text) === event.policyHash) return;
    found({ seq, kind: "violation", message: `Entry ${seq} names a policy by another hash than that of its text.` });
  };

  const redaction = (at: number, { event }: OpenedBody) => {
    if (event.type !== "text.redacted" || nulled.delete(key(event.seq, event.field))) return;
    const { seq, field } = event;
    const what = `Entry ${at} says that the text ${field} of entry ${seq} was redacted`;
    found({ seq, kind: "kept_text", message: `${what}, but no such text is gone.`, field });
  };

  return {
    entry: (stored, opened) => {
      texts(stored, opened);
      policy(stored, opened);
      redaction(stored.seq, opened);
    },
    finish: () => {
      for (const { seq, field } of nulled.values()) {
        const message = `The text ${field} of entry ${seq} is gone, and no entry tells of its redaction.`;
        found({ seq, kind: "lost_text", message });
      }
    },
  };
}
