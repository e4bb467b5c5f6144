import { type Followed, follow, NOTHING_FOLLOWED } from "../bypass/invariants/follow.js";
import type { Bypass } from "../bypass/state.js";
import type { OpenedBody } from "../events/body.js";
import { isBypassEvent } from "../events/catalogue/catalogue.js";
import { entryViolations } from "../events/invariants.js";
import { bypassName } from "../events/names.js";
import type { Found } from "./findings.js";
import type { GateFold } from "./gate-projections.js";

/**
 * By how much the time of an entry may lie before that of an entry recorded earlier in another stream: the commit takes
 * times that are up to five minutes off its own clock, in either direction.
 */
const APART_MS = 10 * 60_000;

/** Takes every entry in the order of `seq`, oldest first. */
export interface InvariantCheck {
  entry(seq: number, body: OpenedBody): void;
  /** Reports a decision whose last entry is missing. */
  finish(): void;
}

/**
 * What later entries are judged by, of a bypass that is over: most of a long trail is, and who was paged and reminded is half
 * of its state.
 */
function trimmed({ state, last }: Followed): Followed {
  if (state === null || isOpen(state) || state.steps === NONE) return { state, last };
  return { state: { ...state, steps: NONE, asked: NONE, reminders: NONE, pageFailures: NONE }, last };
}

const NONE: readonly never[] = [];
const isOpen = ({ status }: Bypass): boolean => status === "requested" || status === "active";

/**
 * Judges a whole trail by the invariants of bypasses, reviews and gates, by the states that decisions are made on. Holds
 * the state of every bypass: one that is over may still get a review, a log line or a redaction.
 */
export function createInvariantCheck(found: Found, gates: GateFold): InvariantCheck {
  const bypasses = new Map<number, Followed>();
  let newest = 0;
  let owed: { readonly seq: number; readonly n: number; readonly type: string } | null = null;

  const violation = (seq: number, message: string) => found({ seq, kind: "violation", message });
  const settle = (n: number | null, type: string | null) => {
    if (owed !== null && (owed.n !== n || owed.type !== type)) {
      violation(owed.seq, `Entry ${owed.seq} of ${bypassName(owed.n)} is not followed by its ${owed.type}.`);
    }
    owed = null;
  };
  const inOrder = (seq: number, at: string) => {
    const time = Date.parse(at);
    if (time < newest - APART_MS) {
      violation(seq, `Entry ${seq} says that it is of ${at}, long before entries that were recorded earlier.`);
      // Once for each time that the clock went back, not for all that follows.
      newest = time;
    }
    newest = Math.max(newest, time);
  };

  return {
    entry: (seq, { n, event, actor, at }) => {
      settle(n, event.type);
      inOrder(seq, at);
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
    finish: () => settle(null, null),
  };
}
