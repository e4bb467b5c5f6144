import type { OpenedBody } from "../events/body.js";
import { sha256Hex } from "../events/canonical.js";
import { textHash } from "../events/hash.js";
import type { FindingKind, Found } from "./findings.js";
import { longestText, type StoredEntry } from "./stored.js";

/** Checks the texts of a trail, entry by entry. */
export interface TextCheck {
  entry(stored: StoredEntry, opened: OpenedBody): void;
  /** Reports texts that are gone without a redaction entry. */
  finish(): void;
}

/** Checks that each text matches the hash in its body, and that every missing text has a redaction entry. */
export function createTextCheck(found: Found): TextCheck {
  /** Texts that are gone, by entry and field, until the entry of their redaction is read. */
  const nulled = new Map<string, { readonly seq: number; readonly field: string }>();
  const key = (seq: number, field: string) => `${seq} ${field}`;

  const texts = ({ seq, texts: stored }: StoredEntry, { textHashes }: OpenedBody) => {
    const wrong = (kind: FindingKind, message: string) => found({ seq, kind, message });
    const names = new Set([...Object.keys(textHashes), ...stored.map(({ field }) => field)]);
    for (const field of names) {
      const expectedHash = Object.entries(textHashes).find(([name]) => name === field)?.[1];
      const found = stored.find((text) => text.field === field);
      if (expectedHash === undefined) wrong("surplus_text", `Entry ${seq} has a text ${field} that it does not name.`);
      else if (found === undefined) wrong("missing_text", `The text ${field} of entry ${seq} is missing.`);
      else if (found.text === null || found.nonce === null) {
        // Origins go with the texts of others; see `createRemovalCheck`.
        if (field !== "origin") nulled.set(key(seq, field), { seq, field });
      } else if (Buffer.byteLength(found.text) > longestText(field)) {
        wrong("violation", `The text ${field} of entry ${seq} is longer than a text may be.`);
      } else if (textHash(found.nonce, found.text) !== expectedHash) {
        wrong("altered_text", `The text ${field} of entry ${seq} is not the one that was recorded.`);
      }
    }
  };

  /** The hash of a policy must be that of its text. The text is never redacted: later checks depend on it. */
  const policy = ({ seq, texts: stored }: StoredEntry, { event }: OpenedBody) => {
    if (event.type !== "policy.changed") return;
    const text = stored.find(({ field }) => field === "policy")?.text ?? null;
    if (text !== null && sha256Hex(text) === event.policyHash) return;
    found({ seq, kind: "violation", message: `Entry ${seq} names a policy by another hash than that of its text.` });
  };

  const redaction = (at: number, { event }: OpenedBody) => {
    if (event.type !== "text.redacted" || event.field === "origin" || nulled.delete(key(event.seq, event.field)))
      return;
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
