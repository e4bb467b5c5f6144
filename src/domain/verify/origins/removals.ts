import type { OpenedBody } from "../../events/body.js";
import type { Found } from "../findings.js";
import type { StoredEntry } from "../stored.js";
import type { LostOrigins } from "./lost-origins.js";

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
 * @param removed takes each redaction with the entries whose origins it removed
 */
export function createRemovalCheck(found: Found, removed: LostOrigins["redaction"] = () => {}): RemovalCheck {
  /** The origins that no redaction has reached yet, with whether they are gone. */
  const standing = new Map<number, boolean>();
  /** Origins by the bypass whose redactions reach them. */
  const reachedFrom = new Map<number, number[]>();

  /** A redaction in entry `by` has to have removed this origin. Returns whether it has. */
  const reach = (seq: number, by: number): boolean => {
    const isGone = standing.get(seq);
    standing.delete(seq);
    if (isGone === false) {
      const message = `Entry ${by} tells of a redaction, but the origin of entry ${seq} may hold that text and is still there.`;
      found({ seq, kind: "kept_text", message, field: "origin" });
    }
    return isGone === true;
  };

  const redaction = (by: number, { event, n, at }: OpenedBody) => {
    if (event.type !== "text.redacted") return;
    const gone = new Set([event.seq].filter((seq) => reach(seq, by)));
    if (event.field !== "origin" && n !== null) {
      for (const seq of reachedFrom.get(n) ?? []) if (reach(seq, by)) gone.add(seq);
      reachedFrom.delete(n);
    }
    for (const seq of event.provenOrigins) {
      if (gone.has(seq)) continue;
      const message = `Entry ${by} tells of a redaction that proved the origin of entry ${seq}, which did not go with it.`;
      found({ seq: by, kind: "origin", message });
    }
    removed({ seq: by, event, at }, [...gone]);
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
