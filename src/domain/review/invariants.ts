import { roomViolations } from "../decisions/entry-limits.js";
import { hasApproved, isRequestersPerson } from "../decisions/same-person.js";
import type { ReviewEvent, ReviewWords } from "../events/catalogue/review.js";
import type { Entry } from "../events/entries.js";
import { isAccount, isMoment } from "../events/invariants.js";
import { type FollowUpProgress, NOT_FOLLOWED_UP, slotViolations } from "../reminders/due-now.js";
import { putOffViolations } from "../reminders/put-off.js";
import { EDITION_ROOM, type ReviewState, VIEW_ROOM } from "./state.js";
import type { ReviewSubject } from "./subject.js";

/**
 * Invariants of a review and its actions: they follow the end of a grant, the requester neither writes the review nor
 * puts it off, and editions and actions are numbered without gaps.
 * @returns each violation as the rest of a sentence that begins with "Entry 12 of BG-3"
 */
export function reviewViolations(
  before: ReviewSubject,
  event: ReviewEvent,
  { actor, at }: Pick<Entry, "actor" | "at">,
): readonly string[] {
  const { review } = before;
  if (review === null || before.endedAt === undefined) return [`records ${event.type} of a bypass that is not over`];
  const isOwn = isRequestersPerson(before, actor);
  switch (event.type) {
    case "review.submitted":
    case "review.amended":
      return editionViolations(before, review, event, actor);
    case "review.view_added":
      return [
        ...(isOwn ? [] : ["adds the view of somebody else than the requester"]),
        ...(review.views.length < VIEW_ROOM.most ? [] : [`is one of more than ${VIEW_ROOM.most} of its kind`]),
      ];
    case "review.put_off":
      return [
        ...(isOwn ? ["puts off the review of the own bypass"] : []),
        ...writtenViolations(review, event),
        ...putOffViolations(review.progress, event.until, at),
      ];
    case "review.reminded":
    case "review.overdue":
    case "review.escalated":
      return [...writtenViolations(review, event), ...slotViolations(event.slot, at)];
    case "action.opened":
      return openingViolations(review, event);
    case "action.reminded":
    case "action.overdue":
      return [...notOpenViolations(review, event), ...slotViolations(event.slot, at)];
    case "action.put_off":
      return [
        ...notOpenViolations(review, event),
        ...putOffViolations(progressOf(review, event.action), event.until, at),
      ];
    case "action.ended":
      return notOpenViolations(review, event);
    default:
      return event satisfies never;
  }
}

function editionViolations(
  before: ReviewSubject,
  review: ReviewState,
  event: { readonly type: ReviewEvent["type"] } & ReviewWords,
  actor: Entry["actor"],
): readonly string[] {
  const violations: string[] = [];
  if (isRequestersPerson(before, actor)) violations.push("is a review by the requester");
  const isFirst = event.type === "review.submitted";
  if (event.edition !== (review.submitted?.edition ?? 0) + 1 || isFirst !== (review.status === "open"))
    violations.push("counts the editions of the review wrong");
  const isNamed = event.gatesAtFault.length > 0;
  const areOwn = event.gatesAtFault.every((gate) => before.gates.includes(gate));
  if (!areOwn || isNamed !== (event.verdict === "gate-at-fault"))
    violations.push("names gates at fault that do not fit its verdict on this bypass");
  if (actor.kind === "person") violations.push(...roomViolations(review.editions, actor, EDITION_ROOM));
  if (!event.asApprover && actor.kind === "person" && hasApproved(before, actor.person, [actor.user]))
    violations.push("hides that its writer had approved the bypass");
  return violations;
}

function openingViolations(
  review: ReviewState,
  { action, owner, dueAt }: Extract<ReviewEvent, { type: "action.opened" }>,
): readonly string[] {
  const violations: string[] = [];
  if (review.status !== "submitted") violations.push("opens an action without a review");
  if (action !== review.actions.length + 1) violations.push("counts the actions wrong");
  if (!isMoment(dueAt)) violations.push("opens an action that is due at no moment");
  if (!isAccount(owner)) violations.push("opens an action whose owner is no Slack account");
  return violations;
}

const progressOf = ({ actions }: ReviewState, number: number): FollowUpProgress =>
  actions.find(({ action }) => action === number)?.progress ?? NOT_FOLLOWED_UP;

const writtenViolations = ({ status }: ReviewState, { type }: ReviewEvent): readonly string[] =>
  status === "open" ? [] : [`records ${type} of a review that is written`];

const notOpenViolations = (
  { actions }: ReviewState,
  { type, action }: { readonly type: ReviewEvent["type"]; readonly action: number },
): readonly string[] =>
  actions.some((known) => known.action === action && known.status === "open")
    ? []
    : [`records ${type} of an action that is not open`];
