import { needsApproval } from "../../events/catalogue/bypass.js";
import type { BypassEvent } from "../../events/catalogue/catalogue.js";
import type { Entry } from "../../events/entries.js";
import { evolve } from "../evolve.js";
import type { Bypass, BypassState } from "../state.js";
import { violationsOf } from "./violations.js";

/** The state of a bypass after the entries checked so far. */
export interface Followed {
  readonly state: BypassState;
  /** The newest entry; `null` before the first. */
  readonly last: Entry | null;
}

/** The state before the first entry. */
export const NOTHING_FOLLOWED: Followed = { state: null, last: null };

/** The result of checking one more entry. */
export interface FollowStep {
  readonly followed: Followed;
  /** See `violationsOf`. */
  readonly violations: readonly string[];
  /** The event that the same decision has to record next; `null` when the decision may end here. */
  readonly owed: BypassEvent["type"] | null;
}

/**
 * Folds one more entry and returns what it violates. An entry that does not fit the state (an end before the approval,
 * a second settlement) is reported once and then ignored, so that later entries are checked against the last valid
 * state. Entries are numbered as they come: the caller has to find gaps in the versions, and a gap hides no violation
 * here.
 */
export function follow(
  { state: before, last: previous }: Followed,
  { event, actor, at }: Omit<Entry, "version">,
): FollowStep {
  const entry: Entry = { event, actor, at, version: (before?.version ?? 0) + 1 };
  const after = evolved(before, entry);
  const violations = violationsOf({ before, previous, entry, after });
  return {
    followed: { state: after ?? unchanged(before, entry), last: entry },
    violations: after !== null || violations.length > 0 ? violations : ["does not fit the entries before it"],
    owed: after === null ? null : owedAfter(after, entry),
  };
}

/** The next state; `null` when the entry does not fit. */
function evolved(before: BypassState, entry: Entry): Bypass | null {
  try {
    return evolve(before, entry);
  } catch {
    return null;
  }
}

const unchanged = (before: BypassState, { version, at }: Entry): BypassState =>
  before === null ? null : { ...before, version, lastAt: at };

/**
 * The event that has to follow the entry. Entries of one decision are adjacent, so a trail that continues with anything
 * else, or ends, has lost an entry.
 */
function owedAfter(after: Bypass, { event }: Entry): BypassEvent["type"] | null {
  const { ack, approvals } = after;
  switch (event.type) {
    case "bypass.declared":
      return "review.opened";
    case "review.opened":
      return needsApproval(ack) ? null : "bypass.activated";
    case "ack.given":
      return approvals.length === ack.needed ? "bypass.activated" : null;
    case "bypass.proceeded_alone":
      return "bypass.activated";
    case "bypass.denied":
    case "bypass.withdrawn":
    case "bypass.lapsed":
      return "review.waived";
    default:
      return null;
  }
}
