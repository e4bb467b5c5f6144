import { type Followed, follow, NOTHING_FOLLOWED } from "../bypass/invariants/follow.js";
import type { Bypass } from "../bypass/state.js";
import type { OpenedBody } from "../events/body.js";
import { isBypassEvent } from "../events/catalogue/catalogue.js";
import { entryViolations } from "../events/invariants.js";
import { bypassName } from "../events/names.js";
import type { Found } from "./findings.js";
import type { GateFold } from "./gate-projections.js";
import { createTimeCheck } from "./times.js";

/** Takes every entry in the order of `seq`, oldest first. */
export interface HistoryCheck {
  entry(seq: number, body: OpenedBody): void;
  /** Reports an entry that must be followed by another one of the same decision and is the last of the trail. */
  finish(): void;
}

/**
 * Drops the parts of an ended bypass's state that later entries are not checked against. Most bypasses of a long trail
 * have ended, and pages and reminders are half of their state.
 */
function trimmed({ state, last }: Followed): Followed {
  if (state === null || isOpen(state) || state.steps === NONE) return { state, last };
  return { state: { ...state, steps: NONE, asked: NONE, reminders: NONE, pageFailures: NONE }, last };
}

const NONE: readonly never[] = [];
const isOpen = ({ status }: Bypass): boolean => status === "requested" || status === "active";

/**
 * Checks a whole trail against the invariants of bypasses, reviews and gates, using the same state as the decisions do.
 * Keeps the state of every bypass: one that has ended may still get a review, a log line or a redaction.
 */
export function createHistoryCheck(found: Found, gates: GateFold): HistoryCheck {
  const bypasses = new Map<number, Followed>();
  let owed: { readonly seq: number; readonly n: number; readonly type: string } | null = null;

  const violation = (seq: number, message: string) => found({ seq, kind: "violation", message });
  const checkOwed = (n: number | null, type: string | null) => {
    if (owed !== null && (owed.n !== n || owed.type !== type)) {
      violation(owed.seq, `Entry ${owed.seq} of ${bypassName(owed.n)} is not followed by its ${owed.type}.`);
    }
    owed = null;
  };
  const checkTime = createTimeCheck(found);

  return {
    entry: (seq, { n, event, actor, at }) => {
      checkOwed(n, event.type);
      checkTime(seq, at);
      if (n === null || !isBypassEvent(event)) {
        for (const what of [...entryViolations({ event, actor, at }), ...gates.entry(seq, event, at)])
          violation(seq, `Entry ${seq} ${what}.`);
        return;
      }
      const step = follow(bypasses.get(n) ?? NOTHING_FOLLOWED, { event, actor, at });
      for (const what of step.violations) violation(seq, `Entry ${seq} of ${bypassName(n)} ${what}.`);
      bypasses.set(n, trimmed(step.followed));
      owed = step.owed === null ? null : { seq, n, type: step.owed };
    },
    finish: () => checkOwed(null, null),
  };
}
