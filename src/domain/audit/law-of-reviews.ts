import type { Actor } from "../bypass/people.js";
import { isReviewFact } from "../review/facts.js";
import { type Course, isRequesterPerson, personOf, type Step, userOf } from "./course.js";

/** The rules for a review and its actions. */
export function reviewFaults(course: Course, step: Step): readonly string[] {
  const { fact, actor } = step;
  if (!isReviewFact(fact)) return [];
  const faults = course.ended ? [] : [`tells ${fact.type} of what is not over`];
  const own = isRequesterPerson(course, actor);
  switch (fact.type) {
    case "review.submitted":
    case "review.amended": {
      if (own) faults.push("is a review by the requester");
      const first = fact.type === "review.submitted";
      if (fact.edition !== course.editions + 1 || (fact.edition === 1) !== first)
        faults.push("counts the editions of the review wrong");
      const named = fact.gatesAtFault.length > 0;
      const known = fact.gatesAtFault.every((gate) => course.declaration.fact.gates.includes(gate));
      if (!known || named !== (fact.verdict === "gate-at-fault"))
        faults.push("names gates that do not fit its verdict");
      if (!fact.asApprover && hasApproved(course, actor)) faults.push("hides that its writer had approved the bypass");
      return faults;
    }
    case "review.view_added":
      return own ? faults : [...faults, "adds the view of somebody else"];
    case "review.snoozed":
      if (own) faults.push("puts off the review of the own bypass");
      return course.editions === 0 ? faults : [...faults, `tells ${fact.type} of a review that is written`];
    case "review.reminded":
    case "review.overdue":
    case "review.escalated":
      return course.editions === 0 ? faults : [...faults, `tells ${fact.type} of a review that is written`];
    case "action.opened":
      if (course.editions === 0) faults.push("opens an action without a review");
      return fact.action === course.actionsOpened + 1 ? faults : [...faults, "counts the actions wrong"];
    case "action.reminded":
    case "action.overdue":
    case "action.snoozed":
    case "action.ended": {
      const open = fact.action <= course.actionsOpened && !course.actionsEnded.includes(fact.action);
      return open ? faults : [...faults, `tells ${fact.type} of an action that is not open`];
    }
    default:
      return fact satisfies never;
  }
}

const hasApproved = ({ accounts, persons }: Course, actor: Actor): boolean =>
  accounts.includes(userOf(actor) ?? "") || persons.includes(personOf(actor) ?? "");
