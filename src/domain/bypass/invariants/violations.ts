import { roomViolations } from "../../decisions/entry-limits.js";
import { refusalKey } from "../../decisions/refusals.js";
import { isRequestersPerson } from "../../decisions/same-person.js";
import { CHANNEL_MAX, GATES_MAX, INCIDENT_MAX, NAME_MAX } from "../../events/bounds.js";
import type { BypassEvent } from "../../events/catalogue/catalogue.js";
import { isReviewEvent, type ReviewEvent } from "../../events/catalogue/review.js";
import type { Entry } from "../../events/entries.js";
import { entryViolations, isMoment } from "../../events/invariants.js";
import { reviewViolations } from "../../review/invariants.js";
import type { ReviewState } from "../../review/state.js";
import { isLateRejection, type RejectionAnswer } from "../decide/reject-late.js";
import { type Bypass, type BypassState, type BypassStatus, LOG_ROOM, postedAlert } from "../state.js";
import { grantViolations } from "./grant.js";
import { requestViolations } from "./request.js";

/** One entry in the history of a bypass, with the states around it. */
export interface Transition {
  /** `null` before the declaration. */
  readonly before: BypassState;
  /** The entry directly before, of the same bypass; `null` for the first. */
  readonly previous: Entry | null;
  readonly entry: Entry;
  /** `null` when the entry does not fit the state, so that `evolve` throws. */
  readonly after: BypassState;
}

/**
 * Every invariant that the entry violates. Entries that `decide` accepts violate none; the commit function checks a
 * subset of these and rejects an entry that violates one. Checks the trail alone: only Slack and the policy know
 * whether a role entitled somebody. Positions are checked by the caller.
 * @returns each as the rest of a sentence that begins with "Entry 12 of BG-3"
 */
export function violationsOf({ before, previous, entry, after }: Transition): readonly string[] {
  const violations = [...entryViolations(entry), ...ownViolations(before, previous, entry)];
  return after === null ? violations : [...violations, ...outcomeViolations(before, entry, after)];
}

function ownViolations(before: BypassState, previous: Entry | null, entry: Entry): readonly string[] {
  const { event } = entry;
  if (event.type === "bypass.declared")
    return before === null ? declarationViolations(event, entry) : ["declares a bypass that was declared before"];
  if (before === null) return ["comes before the declaration"];
  const order = orderViolations(before, entry);
  if (isReviewEvent(event)) return [...order, ...reviewViolations(before, event, entry)];
  return [
    ...order,
    ...requestViolations(before, previous, entry),
    ...grantViolations(before, entry),
    ...otherViolations(before, previous, event, entry),
  ];
}

/** The declaration has to be sound, because later entries are checked against it. */
function declarationViolations(event: Extract<BypassEvent, { type: "bypass.declared" }>, { actor }: Entry) {
  const { ack, durationSeconds, accounts, gates } = event;
  const violations: string[] = [];
  if (actor.kind === "person" && !accounts.includes(actor.user))
    violations.push("does not list the requester's own account");
  if (gates.length === 0) violations.push("declares a bypass of no gate");
  if (isOutOfBounds(event)) violations.push("declares more gates or longer names than any policy has");
  if (durationSeconds <= 0) violations.push("declares a grant without a duration");
  if (ack.needed < 0 || ack.giveUpAfterSeconds <= 0 || ack.remindEverySeconds <= 0)
    violations.push("declares approval rules that cannot be kept");
  return violations;
}

function isOutOfBounds({ path, gates, incident, channel }: Extract<BypassEvent, { type: "bypass.declared" }>): boolean {
  const isLonger = (most: number) => (text: string) => Array.from(text).length > most;
  return (
    gates.length > GATES_MAX ||
    [path, ...gates].some(isLonger(NAME_MAX)) ||
    isLonger(INCIDENT_MAX)(incident ?? "") ||
    isLonger(CHANNEL_MAX)(channel)
  );
}

function orderViolations({ lastAt, version }: Bypass, { event, at }: Entry): readonly string[] {
  const violations: string[] = [];
  if (Date.parse(at) < Date.parse(lastAt)) violations.push("is older than the entry before it");
  const isOpening = event.type === "review.opened";
  if (isOpening && version !== 1) violations.push("opens the review later than right after the declaration");
  if (!isOpening && version === 1) violations.push("stands where the review has to be opened");
  return violations;
}

function otherViolations(
  before: Bypass,
  previous: Entry | null,
  event: Exclude<BypassEvent, ReviewEvent>,
  entry: Entry,
): readonly string[] {
  const { actor } = entry;
  switch (event.type) {
    case "review.opened":
      return isMoment(event.dueAt) ? [] : ["opens a review that is due at no moment"];
    case "review.waived":
      return wasNeverActive(before) && previous?.event.type === `bypass.${before.status}`
        ? []
        : ["waives a review other than right after the request was settled without a grant"];
    case "alert.posted":
      return postedAlert(before) !== null ? ["posts the alert a second time"] : [];
    case "alert.lost":
      return isPostedAt(before, event) ? [] : ["loses an alert that was not posted there"];
    case "attempt.refused":
      return before.refusals.includes(refusalKey(actor, event.action, event.code))
        ? ["records a refused attempt that is on record already"]
        : [];
    case "bypass.rejected_late":
      return rejectionViolations(before, event.answer, entry);
    case "bypass.logged":
      return actor.kind === "person" ? roomViolations(before.logLines, actor, LOG_ROOM.requester) : [];
    // Judged by the invariants of declarations, requests and grants.
    case "bypass.declared":
    case "ack.blocked":
    case "ack.unblocked":
    case "ack.reminded":
    case "ack.escalated":
    case "ack.given":
    case "bypass.proceeded_alone":
    case "bypass.activated":
    case "bypass.denied":
    case "bypass.withdrawn":
    case "bypass.lapsed":
    case "grant.warned":
    case "bypass.expired":
    case "bypass.closed":
    case "bypass.revoked":
      return [];
    // Allowed at any time, any number of times.
    case "alert.failed":
    case "page.addressed":
    case "page.sent":
    case "page.failed":
    case "pager.notified":
    case "text.redacted":
      return [];
    default:
      return event satisfies never;
  }
}

/** A no after the end: the first no, by somebody else than the requester, soon after the end that it missed. */
function rejectionViolations(before: Bypass, answer: RejectionAnswer, { actor, at }: Entry): readonly string[] {
  if (isRequestersPerson(before, actor)) return ["is a no by the requester"];
  return isLateRejection(before, answer, at) ? [] : ["is a late no to a bypass that takes none at that time"];
}

function isPostedAt(before: Bypass, { channel, ts }: { readonly channel: string; readonly ts: string }): boolean {
  const posted = postedAlert(before);
  return posted !== null && posted.channel === channel && posted.ts === ts;
}

const wasNeverActive = ({ status }: Bypass): boolean =>
  status === "denied" || status === "withdrawn" || status === "lapsed";

/** The status after each of these events; all others leave it unchanged. */
const STATUS_AFTER: { readonly [T in BypassEvent["type"]]?: BypassStatus } = {
  "bypass.declared": "requested",
  "bypass.activated": "active",
  "bypass.denied": "denied",
  "bypass.withdrawn": "withdrawn",
  "bypass.lapsed": "lapsed",
  "bypass.expired": "expired",
  "bypass.closed": "closed",
  "bypass.revoked": "revoked",
};

/** Same as {@link STATUS_AFTER}, for the review. */
const REVIEW_AFTER: { readonly [T in BypassEvent["type"]]?: ReviewState["status"] } = {
  "review.opened": "open",
  "review.waived": "waived",
  "review.submitted": "submitted",
  "review.amended": "submitted",
};

/** The state follows from the entry: a bypass that is over stays so, and approvals are neither lost nor invented. */
function outcomeViolations(before: BypassState, { event: { type } }: Entry, after: Bypass): readonly string[] {
  const status = STATUS_AFTER[type] ?? before?.status;
  const review = REVIEW_AFTER[type] ?? before?.review?.status;
  const approvals = (before?.approvals.length ?? 0) + (type === "ack.given" ? 1 : 0);
  const violations: string[] = [];
  if (after.status !== status) violations.push(`leaves the bypass ${after.status}, not ${status}`);
  if (after.review?.status !== review) violations.push(`leaves the review ${after.review?.status}, not ${review}`);
  if (after.approvals.length !== approvals)
    violations.push(`leaves ${after.approvals.length} approvals, not ${approvals}`);
  return violations;
}
