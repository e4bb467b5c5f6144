import type { OpenedBody } from "../../events/body.js";
import type { Found } from "../findings.js";
import type { StoredEntry } from "../stored.js";

/** Takes every entry in the order of `seq`, oldest first. */
export interface RemovalCheck {
  entry(stored: StoredEntry, opened: OpenedBody): void;
  /** Reports origins that are gone without a redaction. */
  finish(): void;
}

/**
 * Checks that origins are gone exactly where a redaction removed them, by the rules of the SQL function `redact_text`: with a
 * text go the origin of its own entry, those of the other entries of its bypass, and those of entries elsewhere whose
 * request showed that bypass. Keeps the position of every origin in memory.
 */
export function createRemovalCheck(found: Found): RemovalCheck {
  /** The origins that no redaction has reached yet, with whether they are gone. */
  const standing = new Map<number, boolean>();
  /** Origins by the bypass whose redactions reach them. */
  const reachedFrom = new Map<number, number[]>();

  /** A redaction in entry `by` has to have removed this origin. */
  const reach = (seq: number, by: number) => {
    if (standing.get(seq) === false) {
      const message = `Entry ${by} tells of a redaction, but the origin of entry ${seq} may hold that text and is still there.`;
      found({ seq, kind: "kept_text", message, field: "origin" });
    }
    standing.delete(seq);
  };

  const redaction = (by: number, { event, n }: OpenedBody) => {
    if (event.type !== "text.redacted") return;
    reach(event.seq, by);
    if (event.field === "origin" || n === null) return;
    for (const seq of reachedFrom.get(n) ?? []) reach(seq, by);
    reachedFrom.delete(n);
  };

  return {
    entry: (stored, opened) => {
      const { seq, texts, originShows = [] } = stored;
      redaction(seq, opened);
      const origin = texts.find(({ field }) => field === "origin");
      if (origin === undefined) return;
      standing.set(seq, origin.text === null);
      // Whoever redacts must remain provable.
      if (opened.event.type === "text.redacted") return;
      for (const n of [...(opened.n === null ? [] : [opened.n]), ...originShows]) {
        const reached = reachedFrom.get(n);
        if (reached === undefined) reachedFrom.set(n, [seq]);
        else reached.push(seq);
      }
    },
    finish: () => {
      for (const [seq, isGone] of standing) {
        if (!isGone) continue;
        const message = `The origin of entry ${seq} is gone, and no entry tells of a redaction that reaches it.`;
        found({ seq, kind: "lost_text", message });
      }
    },
  };
}
