import type { BypassEvent } from "../../events/catalogue/catalogue.js";
import type { Entry } from "../../events/entries.js";
import { evolve } from "../evolve.js";
import type { Bypass, BypassState } from "../state.js";
import { violationsOf } from "./violations.js";

/** A bypass as far as its history was followed. */
export interface Followed {
  readonly state: BypassState;
  /** The newest entry; `null` before the first. */
  readonly last: Entry | null;
}

/** Before the first entry. */
export const NOTHING_FOLLOWED: Followed = { state: null, last: null };

/** What one more entry of a history does. */
export interface FollowStep {
  readonly followed: Followed;
  /** See `violationsOf`. */
  readonly violations: readonly string[];
  /** What the same decision has to record right after it; `null` when it may end here. */
  readonly owed: BypassEvent["type"] | null;
}

/**
 * Folds one more entry and says what it breaks. An entry that the state cannot take (an end before the approval, a second
 * settlement) is reported once and then treated as if it had changed nothing, so that every later entry is still judged, by
 * the last state that made sense. Entries are numbered as they come: a gap in the versions is for the caller to find, and
 * hides nothing here.
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

/** `null` where the state cannot take the entry. */
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
 * What a decision records in one with the entry. Entries of one decision stand together, so a trail that goes on otherwise,
 * or ends, has lost something.
 */
function owedAfter(after: Bypass, { event }: Entry): BypassEvent["type"] | null {
  const { ack, approvals } = after;
  switch (event.type) {
    case "bypass.declared":
      return "review.opened";
    case "review.opened":
      return ack.needed === 0 ? "bypass.activated" : null;
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
