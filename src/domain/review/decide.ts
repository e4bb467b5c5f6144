import { accept, byPerson, bySystem, type Decision, refuse, refusePerson } from "../decisions/decision.js";
import { roomRefusal } from "../decisions/entry-limits.js";
import { roleAsOf } from "../decisions/principal.js";
import type { RefusalCode } from "../decisions/refusals.js";
import {
  accountsOfPrincipal,
  holdsOne,
  isRequestersPerson,
  isSamePerson,
  personNow,
  requesterThen,
} from "../decisions/same-person.js";
import { checkText, refuseText } from "../decisions/texts.js";
import type { NewEntry } from "../events/entries.js";
import type { Policy } from "../policy/policy.js";
import { accountsOf } from "../policy/roles.js";
import { followUpDue } from "../reminders/due-now.js";
import { putOffEnd } from "../reminders/put-off.js";
import type { ReviewCommandOf } from "./commands.js";
import { actionFollowUp, escalationRole, reviewFollowUp } from "./follow-up.js";
import { readReview } from "./read-form.js";
import { type Action, EDITION_ROOM, type ReviewState, reviewerRoles, VIEW_ROOM } from "./state.js";
import type { ReviewSubject } from "./subject.js";

/** The review, if it can be written or added to: the bypass was active and has ended. */
function writableReview(state: ReviewSubject): ReviewState | RefusalCode {
  if (state.review === null || state.endedAt === undefined)
    return state.review?.status === "waived" ? "review_waived" : "not_over";
  return state.review;
}

/** Submits the review, or amends the submitted one, and opens its new actions. */
export function submitReview(
  policy: Policy,
  state: ReviewSubject,
  command: ReviewCommandOf<"submit_review">,
  at: string,
): Decision {
  const { by, form } = command;
  const review = writableReview(state);
  if (typeof review === "string") return refuse(review);
  const writer = writerOf(policy, state, review, command);
  if (typeof writer === "string") return refusePerson(state, by, "submit_review", at, writer);
  const full = roomRefusal(policy, review.editions, by, EDITION_ROOM);
  if (full !== null) return refuse(full.code, full);
  const edition = review.submitted?.edition ?? 0;
  if (form.edition !== edition) return refuse("review_changed");
  const read = readReview(policy, state, review, command, at);
  if ("problems" in read) return refuse("invalid_review", { reviewProblems: read.problems });
  const { lesson, actions, ...content } = read;
  const event = { ...content, edition: edition + 1, asApprover: writer.asApprover, roleAsOf: roleAsOf(by) };
  const type = edition === 0 ? "review.submitted" : "review.amended";
  const submitted = byPerson(by, at, { type, ...event }, { lesson });
  const opened = actions.map(({ what, owner, dueAt }, index) =>
    byPerson(
      by,
      at,
      { type: "action.opened", action: review.actions.length + index + 1, owner, dueAt },
      { line: what },
    ),
  );
  return accept(submitted, ...opened);
}

/**
 * Whether this person may write the review, and so put it off or answer for its actions. The requester's person never may,
 * an approver only if nobody else holds the reviewer's role.
 */
function writerOf(
  policy: Policy,
  state: ReviewSubject,
  review: ReviewState,
  { by, reviewers }: Pick<ReviewCommandOf<"submit_review">, "by" | "reviewers">,
): { readonly asApprover: boolean } | RefusalCode {
  if (isSamePerson(policy, requesterThen(state), by)) return "own_review";
  const hasApproved = state.approvals.some((approval) => isSamePerson(policy, approval, by));
  if (!hasApproved) return holdsOne(by, reviewerRoles(review)) ? { asApprover: false } : "not_reviewer";
  if (reviewers === null) return "unverifiable";
  const involved = [requesterThen(state), ...state.approvals];
  const others = reviewers.filter((user) => {
    return !involved.some((earlier) => isSamePerson(policy, earlier, personNow(policy, user)));
  });
  return others.length > 0 ? "approver_while_others" : { asApprover: true };
}

/** Adds the requester's own view. The review itself is written by others. */
export function addView(state: ReviewSubject, command: ReviewCommandOf<"add_view">, at: string): Decision {
  const { by } = command;
  const review = writableReview(state);
  if (typeof review === "string") return refuse(review);
  if (!isRequestersPerson(state, by)) return refuse("not_own_review");
  if (review.views.length >= VIEW_ROOM.most) return refuse("room_full", { limit: VIEW_ROOM.most });
  const line = checkText(command.line, command);
  if (!line.ok) return refuseText(line);
  return accept(byPerson(by, at, { type: "review.view_added" }, { line: line.text }));
}

/** Puts off the review, by the name of a reviewer and with a reason. */
export function putOffReview(
  policy: Policy,
  state: ReviewSubject,
  command: ReviewCommandOf<"put_off_review">,
  at: string,
): Decision {
  const { by } = command;
  const review = writableReview(state);
  if (typeof review === "string") return refuse(review);
  const writer = writerOf(policy, state, review, command);
  if (typeof writer === "string") return refusePerson(state, by, "put_off_review", at, writer);
  const followUp = reviewFollowUp(policy, state);
  if (followUp === null) return refuse("review_closed");
  const end = putOffEnd(followUp, command.until, at);
  if ("refusal" in end) return refuse(end.refusal.code, end.refusal);
  const reason = checkText(command.reason, command);
  if (!reason.ok) return refuseText(reason);
  return accept(byPerson(by, at, { type: "review.put_off", ...end, roleAsOf: roleAsOf(by) }, { reason: reason.text }));
}

/** Puts off an action, with a reason. */
export function putOffAction(
  policy: Policy,
  state: ReviewSubject,
  command: ReviewCommandOf<"put_off_action">,
  at: string,
): Decision {
  const { by } = command;
  const found = openAction(policy, state, command);
  if (typeof found === "string") return refusePerson(state, by, command.type, at, found);
  const followUp = actionFollowUp(policy, state, found);
  if (followUp === null) return refuse("action_over");
  const end = putOffEnd(followUp, command.until, at);
  if ("refusal" in end) return refuse(end.refusal.code, end.refusal);
  const reason = checkText(command.reason, command);
  if (!reason.ok) return refuseText(reason);
  const event = { type: "action.put_off", action: found.action, ...end, roleAsOf: roleAsOf(by) } as const;
  return accept(byPerson(by, at, event, { reason: reason.text }));
}

/** Ends an action: done, or dropped with a reason. */
export function endAction(
  policy: Policy,
  state: ReviewSubject,
  command: ReviewCommandOf<"end_action">,
  at: string,
): Decision {
  const { by, outcome } = command;
  const found = openAction(policy, state, command);
  if (typeof found === "string") return refusePerson(state, by, command.type, at, found);
  const event = { type: "action.ended", action: found.action, outcome, roleAsOf: roleAsOf(by) } as const;
  if (outcome === "done") return accept(byPerson(by, at, event));
  const reason = checkText(command.reason, command);
  return reason.ok ? accept(byPerson(by, at, event, { reason: reason.text })) : refuseText(reason);
}

/** The action, if it is open and this person owns it or may write the review. */
function openAction(
  policy: Policy,
  state: ReviewSubject,
  command: ReviewCommandOf<"put_off_action" | "end_action">,
): Action | RefusalCode {
  const { by, action } = command;
  const review = writableReview(state);
  if (typeof review === "string") return review;
  const found = review.actions.find((candidate) => candidate.action === action);
  if (found === undefined) return "no_such_action";
  const owns = accountsOf(policy, found.owner).some((account) => accountsOfPrincipal(policy, by).includes(account));
  const writer = owns ? null : writerOf(policy, state, review, command);
  if (typeof writer === "string") return writer === "unverifiable" ? writer : "not_action_owner";
  return found.status === "open" ? found : "action_over";
}

/** Records the reminders, overdue notices and escalations due by now, of the review and of each open action. */
export function followUp(policy: Policy, state: ReviewSubject, at: string): Decision {
  const entries = [...followUpReview(policy, state, at), ...followUpActions(policy, state, at)];
  return entries.length === 0 ? refuse("nothing_due") : accept(...entries);
}

function followUpReview(policy: Policy, state: ReviewSubject, at: string): readonly NewEntry[] {
  const followUp = reviewFollowUp(policy, state);
  if (followUp === null || state.review === null) return [];
  const { reminder, overdue, escalation } = followUpDue(followUp, at);
  const role = escalationRole(policy, state);
  const { reviewer } = state.review;
  return [
    ...(escalation === null || role === null
      ? []
      : [bySystem("clock", at, { type: "review.escalated", slot: escalation, role })]),
    ...(reminder === null
      ? []
      : [bySystem("clock", at, { type: "review.reminded", slot: reminder.at, stage: reminder.stage, role: reviewer })]),
    ...(overdue === null ? [] : [bySystem("clock", at, { type: "review.overdue", slot: overdue })]),
  ];
}

function followUpActions(policy: Policy, state: ReviewSubject, at: string): readonly NewEntry[] {
  return (state.review?.actions ?? []).flatMap((open): NewEntry[] => {
    const followUp = actionFollowUp(policy, state, open);
    if (followUp === null) return [];
    const { action } = open;
    const { reminder, overdue } = followUpDue(followUp, at);
    return [
      ...(reminder === null
        ? []
        : [bySystem("clock", at, { type: "action.reminded", action, slot: reminder.at, stage: reminder.stage })]),
      ...(overdue === null ? [] : [bySystem("clock", at, { type: "action.overdue", action, slot: overdue })]),
    ];
  });
}
