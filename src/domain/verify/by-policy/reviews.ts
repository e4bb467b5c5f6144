import type { BypassCommand } from "../../bypass/commands.js";
import type { Bypass } from "../../bypass/state.js";
import { dayIn } from "../../calendar/office-hours.js";
import { DAY_MS } from "../../calendar/time.js";
import type { Principal } from "../../decisions/principal.js";
import { AS_RECORDED } from "../../decisions/texts.js";
import type { ReviewEvent } from "../../events/catalogue/review.js";
import type { OfficeHours, Policy } from "../../policy/policy.js";
import { MOST_PUT_OFF_DAYS } from "../../reminders/put-off.js";
import { readReview } from "../../review/read-form.js";
import { type Act, anyAllows, decidedAgain, differentField, dueAgain, type Law } from "./law.js";
import { REFUSED } from "./refused.js";

/** Judges an event of a review or an action. */
export function reviewByPolicy(law: Law, act: Act<ReviewEvent["type"]>, before: Bypass): readonly string[] {
  const { event } = act;
  switch (event.type) {
    case "review.submitted":
    case "review.amended":
      return editionViolations(law, { ...act, event }, before);
    case "review.view_added":
      return decidedAgain(law, act, before, (by) => ({ type: "add_view", by, line: AS_RECORDED }));
    case "review.put_off":
      return putOff(law, { ...act, event }, before, (by, until) => ({
        type: "put_off_review",
        by,
        reviewers: [],
        until,
        reason: AS_RECORDED,
      }));
    case "action.put_off":
      return putOff(law, { ...act, event }, before, (by, until) => ({
        type: "put_off_action",
        by,
        reviewers: [],
        action: event.action,
        until,
        reason: AS_RECORDED,
      }));
    case "action.opened":
      return actionViolations(law, { ...act, event }, before);
    case "action.ended": {
      const { action, outcome } = event;
      const ending = { type: "end_action", action, outcome, reason: AS_RECORDED, reviewers: [] } as const;
      return decidedAgain(law, act, before, (by) => ({ ...ending, by }));
    }
    case "review.reminded":
    case "review.overdue":
    case "review.escalated":
    case "action.reminded":
    case "action.overdue":
      return dueAgain(law, act, before, { type: "follow_up" });
    default:
      return event satisfies never;
  }
}

/** Whether nobody else held the reviewer's role when an approver wrote the review, only Slack could tell. */
function editionViolations(
  law: Law,
  act: Act<"review.submitted" | "review.amended">,
  before: Bypass,
): readonly string[] {
  const { edition, verdict, gatesAtFault, forcedBy, aftermath, asApprover } = act.event;
  const form = { edition: edition - 1, verdict, gatesAtFault, forcedBy, aftermath, lesson: AS_RECORDED, actions: [] };
  const wrong = decidedAgain(law, act, before, (by) => ({
    type: "submit_review",
    by,
    form,
    reviewers: [],
    strangers: [],
  }));
  if (asApprover && wrong.length === 0) law.untold();
  return wrong;
}

/** An action is opened by the writer of the review, in the same decision, and is due as an office closes. */
function actionViolations(law: Law, { event, actor, at }: Act<"action.opened">, before: Bypass): readonly string[] {
  const { review } = before;
  const edition = review?.submitted ?? null;
  if (review === null || edition === null || actor.kind !== "person") return [];
  const isWriter = edition.at === at && edition.by.user === actor.user && edition.by.person === actor.person;
  const { owner, dueAt } = event;
  const wrong = anyAllows(law.inForce, (policy) => {
    const action = { what: AS_RECORDED, owner, due: dayIn(new Date(dueAt), policy.officeHours) };
    const form = { ...edition, edition: edition.edition, lesson: AS_RECORDED, actions: [action] };
    const read = readReview(
      policy,
      before,
      review,
      { type: "submit_review", by: BY, form, reviewers: [], strangers: [] },
      at,
    );
    if ("problems" in read) return REFUSED.invalid_review;
    const [opened] = read.actions;
    const field =
      opened === undefined ? null : differentField({ owner: opened.owner, dueAt: opened.dueAt }, { owner, dueAt });
    return field === null ? null : "opens an action that is due at a moment at which no office closes";
  });
  return [...(isWriter ? [] : ["opens an action that the writer of the review did not"]), ...wrong];
}

/** `readReview` does not ask who writes. */
const BY: Principal = { kind: "person", user: "", person: "", accountStatus: "member", roles: [] };

/** Judges a put-off: the entry holds when it ends, and not the day that was chosen. */
function putOff(
  law: Law,
  act: Act<"review.put_off" | "action.put_off">,
  before: Bypass,
  command: (by: Principal, day: string) => BypassCommand,
): readonly string[] {
  return anyDay(law.inForce, act.event.until, act.at, (day) =>
    decidedAgain(law, act, before, (by) => command(by, day)),
  );
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
