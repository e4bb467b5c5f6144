import type { BypassCommand } from "../../bypass/commands.js";
import type { Bypass } from "../../bypass/state.js";
import { dayIn } from "../../calendar/office-hours.js";
import { DAY_MS } from "../../calendar/time.js";
import type { Principal } from "../../decisions/principal.js";
import { AS_RECORDED } from "../../decisions/texts.js";
import type { ReviewEvent } from "../../events/catalogue/review.js";
import type { OfficeHours, Policy } from "../../policy/policy.js";
import { MOST_PUT_OFF_DAYS } from "../../reminders/put-off.js";
import { MOST_ACTIONS } from "../../review/form.js";
import { mayActionBeDue } from "../../review/read-form.js";
import { type Act, decidedAgain, dueAgain, type EventOf, type RulesInForce } from "./rules-in-force.js";

/** Judges an event of a review or an action. */
export function reviewByPolicy(rules: RulesInForce, act: Act, event: ReviewEvent, before: Bypass): readonly string[] {
  switch (event.type) {
    case "review.submitted":
    case "review.amended":
      return editionViolations(rules, act, event, before);
    case "review.view_added":
      return decidedAgain(rules, act, before, (by) => ({ type: "add_view", by, line: AS_RECORDED }));
    case "review.put_off":
      return putOff(rules, act, event, before, (by, until) => ({
        type: "put_off_review",
        by,
        reviewers: [],
        until,
        reason: AS_RECORDED,
      }));
    case "action.put_off":
      return putOff(rules, act, event, before, (by, until) => ({
        type: "put_off_action",
        by,
        reviewers: [],
        action: event.action,
        until,
        reason: AS_RECORDED,
      }));
    case "action.opened":
      return actionViolations(rules, act, event, before);
    case "action.ended": {
      const { action, outcome } = event;
      const ending = { type: "end_action", action, outcome, reason: AS_RECORDED, reviewers: [] } as const;
      return decidedAgain(rules, act, before, (by) => ({ ...ending, by }));
    }
    case "review.reminded":
    case "review.overdue":
    case "review.escalated":
    case "action.reminded":
    case "action.overdue":
      return dueAgain(rules, act, before, { type: "follow_up" });
    default:
      return event satisfies never;
  }
}

/** Whether nobody else held the reviewer's role when an approver wrote the review, only Slack could tell. */
function editionViolations(
  rules: RulesInForce,
  act: Act,
  event: EventOf<"review.submitted" | "review.amended">,
  before: Bypass,
): readonly string[] {
  const { edition, verdict, gatesAtFault, forcedBy, aftermath, asApprover } = event;
  const form = { edition: edition - 1, verdict, gatesAtFault, forcedBy, aftermath, lesson: AS_RECORDED, actions: [] };
  const wrong = decidedAgain(rules, act, before, (by) => ({
    type: "submit_review",
    by,
    form,
    reviewers: [],
    strangers: [],
  }));
  if (asApprover && wrong.length === 0) rules.untold();
  return wrong;
}

/** An action is opened by the writer of the review, in the same decision, and is due as an office closes. */
function actionViolations(
  { inForce }: RulesInForce,
  { actor, at }: Act,
  { dueAt }: EventOf<"action.opened">,
  { review }: Bypass,
): readonly string[] {
  const edition = review?.submitted ?? null;
  if (review === null || edition === null || actor.kind !== "person") return [];
  const isWriter = edition.at === at && edition.by.user === actor.user && edition.by.person === actor.person;
  const mayBeDue = inForce.some(({ officeHours }) => mayActionBeDue(dueAt, officeHours, at));
  return [
    ...(isWriter ? [] : ["opens an action that the writer of the review did not"]),
    ...(mayBeDue ? [] : ["opens an action that is due when no office closes, in the past, or too far ahead"]),
    ...(review.actions.length < MOST_ACTIONS ? [] : ["opens more actions than a review may have"]),
  ];
}

/** Judges a put-off: the entry holds when it ends, and not the day that was chosen. */
function putOff(
  rules: RulesInForce,
  act: Act,
  { until }: EventOf<"review.put_off" | "action.put_off">,
  before: Bypass,
  command: (by: Principal, day: string) => BypassCommand,
): readonly string[] {
  return anyDay(rules.inForce, until, act.at, (day) => decidedAgain(rules, act, before, (by) => command(by, day)));
}

/**
 * What is wrong for every day that may have been chosen: the day of `until` itself, and the last days that may be chosen
 * at all, since the office may be closed from there on until `until`.
 */
export function anyDay(
  policies: readonly Policy[],
  until: string,
  at: string,
  ask: (day: string) => readonly string[],
): readonly string[] {
  const daysOf = ({ officeHours }: { readonly officeHours: OfficeHours }) =>
    [Date.parse(until), latest(at, 0), latest(at, 1)].map((moment) => dayIn(new Date(moment), officeHours));
  const days = [...new Set(policies.flatMap(daysOf))];
  let first: readonly string[] | null = null;
  for (const day of days) {
    const wrong = ask(day);
    if (wrong.length === 0) return [];
    first ??= wrong;
  }
  return first ?? [];
}

const latest = (at: string, daysBefore: number): number => Date.parse(at) + (MOST_PUT_OFF_DAYS - daysBefore) * DAY_MS;
