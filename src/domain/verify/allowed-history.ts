import { type Followed, follow, NOTHING_FOLLOWED } from "../bypass/invariants/follow.js";
import type { Bypass } from "../bypass/state.js";
import type { OpenedBody } from "../events/body.js";
import { isBypassEvent } from "../events/catalogue/catalogue.js";
import { entryViolations } from "../events/invariants.js";
import { bypassName } from "../events/names.js";
import { violationsOfUse } from "../gate-checks/invariants.js";
import { createPolicyJudge, type Judged, type JudgedEntry, type ReadPolicy } from "./by-policy/judge.js";
import type { Found } from "./findings.js";
import type { GateFold } from "./gate-projections.js";
import type { Seen } from "./stored.js";
import { createTimeCheck } from "./times.js";

/** Takes every entry in the order of `seq`, oldest first. */
export interface HistoryCheck {
  entry(stored: JudgedEntry, body: OpenedBody): void;
  /**
   * Reports an entry that must be followed by another one of the same decision and is the last of the trail. Returns how
   * much was judged by the policies on record.
   */
  finish(seen?: Seen): Judged;
}

/**
 * Drops the parts of an ended bypass's state that later entries are not checked against. Most bypasses of a long trail
 * have ended, and pages and reminders are half of their state. The steps stay: whoever they paged may add to the log.
 */
function trimmed({ state, last }: Followed): Followed {
  if (state === null || isOpen(state) || state.asked === NONE) return { state, last };
  return { state: { ...state, asked: NONE, reminders: NONE, pageFailures: NONE }, last };
}

const NONE: readonly never[] = [];
const isOpen = ({ status }: Bypass): boolean => status === "requested" || status === "active";

/**
 * Checks a whole trail against the invariants of bypasses, reviews and gates, and judges it by the policies on record,
 * using the same state as the decisions do. Keeps the state of every bypass: one that has ended may still get a review,
 * a log line or a redaction.
 */
export function createHistoryCheck(found: Found, gates: GateFold, readPolicy?: ReadPolicy): HistoryCheck {
  const bypasses = new Map<number, Followed>();
  const open = new Map<number, Bypass>();
  let owed: { readonly seq: number; readonly n: number; readonly type: string } | null = null;

  const violation = (seq: number, message: string) => found({ seq, kind: "violation", message });
  const checkOwed = (n: number | null, type: string | null) => {
    if (owed !== null && (owed.n !== n || owed.type !== type)) {
      violation(owed.seq, `Entry ${owed.seq} of ${bypassName(owed.n)} is not followed by its ${owed.type}.`);
    }
    owed = null;
  };
  const checkTime = createTimeCheck(found);
  const states = {
    bypass: (n: number) => bypasses.get(n)?.state ?? null,
    gate: gates.newest,
    open: () => open,
  };
  const judge = createPolicyJudge(found, states, readPolicy);

  return {
    entry: (stored, body) => {
      const { seq } = stored;
      const { n, event, actor, at } = body;
      judge.entry(stored, body);
      checkOwed(n, event.type);
      checkTime(seq, body);
      if (n === null || !isBypassEvent(event)) {
        for (const what of [...entryViolations({ event, actor, at }), ...gates.entry(seq, event, at)])
          violation(seq, `Entry ${seq} ${what}.`);
        if (event.type === "grant.used")
          for (const what of violationsOfUse(states.bypass(event.grant), event, at))
            violation(seq, `Entry ${seq} ${what}.`);
        return;
      }
      const step = follow(bypasses.get(n) ?? NOTHING_FOLLOWED, { event, actor, at });
      for (const what of step.violations) violation(seq, `Entry ${seq} of ${bypassName(n)} ${what}.`);
      bypasses.set(n, trimmed(step.followed));
      const { state } = step.followed;
      if (state !== null && isOpen(state)) open.set(n, state);
      else open.delete(n);
      owed = step.owed === null ? null : { seq, n, type: step.owed };
    },
    finish: (seen = "all") => {
      if (seen === "all") checkOwed(null, null);
      return judge.judged();
    },
  };
}
