import type { Actor } from "../bypass/people.js";
import {
  type Course,
  ENDING,
  is,
  isRequester,
  isRequesterPerson,
  type Of,
  personOf,
  SETTLING,
  type Step,
  type Type,
  userOf,
} from "./course.js";
import { reviewFaults } from "./law-of-reviews.js";

/** Whose deed each fact is. */
const BY: { readonly [T in Type]: Actor["kind"] | "either" } = {
  "bypass.declared": "person",
  "review.opened": "system",
  "review.waived": "system",
  "alert.posted": "system",
  "alert.failed": "system",
  "page.addressed": "system",
  "page.sent": "system",
  "page.failed": "system",
  "ack.reminded": "system",
  "ack.escalated": "system",
  "ack.given": "person",
  "bypass.proceeded_alone": "person",
  "bypass.activated": "person",
  "bypass.denied": "person",
  "bypass.withdrawn": "person",
  "bypass.lapsed": "system",
  "grant.warned": "system",
  "bypass.expired": "system",
  "bypass.closed": "person",
  "bypass.revoked": "either",
  "bypass.logged": "person",
  "attempt.refused": "person",
  "text.redacted": "person",
  "pager.rung": "system",
  "review.submitted": "person",
  "review.amended": "person",
  "review.view_added": "person",
  "review.reminded": "system",
  "review.overdue": "system",
  "review.escalated": "system",
  "review.snoozed": "person",
  "action.opened": "person",
  "action.reminded": "system",
  "action.overdue": "system",
  "action.snoozed": "person",
  "action.ended": "person",
};

const WAITING: readonly Type[] = [...SETTLING, "ack.given", "ack.reminded", "ack.escalated", "bypass.proceeded_alone"];

const sameActor = (a: Actor, b: Actor) =>
  a.kind === "person" && b.kind === "person" && a.user === b.user && a.person === b.person;

/** Every rule that the next entry breaks, each as the rest of a sentence that begins with the entry. */
export function faultsOf(course: Course | null, step: Step): readonly string[] {
  const { fact, actor, at } = step;
  const faults: string[] = [];
  const unless = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  unless(BY[fact.type] === "either" || BY[fact.type] === actor.kind, `tells ${fact.type} of the wrong kind of actor`);
  if (is(step, "bypass.declared")) {
    unless(course === null, "declares what was declared before");
    unless(step.fact.accounts.includes(userOf(actor) ?? ""), "names accounts that are not those of the requester");
    return faults;
  }
  if (course === null) return [...faults, "comes before any declaration"];
  unless(Date.parse(at) >= Date.parse(course.last.at), "is older than the one before it");
  unless((fact.type === "review.opened") === (course.entries === 1), "is not where the review is opened");
  if (WAITING.includes(fact.type)) unless(course.settled === null, `tells ${fact.type} of what was settled before`);
  return [...faults, ...requestFaults(course, step), ...grantFaults(course, step), ...reviewFaults(course, step)];
}

/** The rules for what happens to a request. */
function requestFaults(course: Course, step: Step): readonly string[] {
  const { actor, at } = step;
  const { ack } = course.declaration.fact;
  const waited = (seconds: number) => Date.parse(at) >= Date.parse(course.declaration.at) + seconds * 1000;
  if (is(step, "ack.given")) return approvalFaults(course, step);
  if (is(step, "bypass.activated")) return activationFaults(course, step);
  if (is(step, "bypass.denied")) return isRequesterPerson(course, actor) ? ["is a denial by the requester"] : [];
  if (is(step, "bypass.withdrawn")) return isRequester(course, actor) ? [] : ["withdraws the request of somebody else"];
  if (is(step, "bypass.proceeded_alone")) {
    if (!isRequester(course, actor)) return ["goes alone with the request of somebody else"];
    const allowed = ack.needed > 0 && ack.aloneAfterSeconds !== null && waited(ack.aloneAfterSeconds);
    return allowed ? [] : ["goes alone where that was not allowed, or not yet"];
  }
  if (is(step, "bypass.lapsed") && step.fact.why === "no_ack" && !waited(ack.giveUpAfterSeconds))
    return ["gives up before the time"];
  const settledFirst = SETTLING.includes(course.last.fact.type) && course.settled !== "bypass.activated";
  return is(step, "review.waived") && !settledFirst ? ["waives the review of what may have been active"] : [];
}

function approvalFaults(course: Course, { fact, actor }: Of<"ack.given">): readonly string[] {
  const { needed } = course.declaration.fact.ack;
  const own = [userOf(actor) ?? "", ...fact.accounts];
  const faults: string[] = [];
  if (!fact.accounts.includes(own[0] ?? "")) faults.push("names accounts that are not those of the approver");
  if (isRequesterPerson(course, actor) || own.some((account) => course.declaration.fact.accounts.includes(account)))
    faults.push("is an approval by the requester");
  if (course.persons.includes(personOf(actor) ?? "") || own.some((account) => course.accounts.includes(account)))
    faults.push("is an approval by somebody who approved before");
  if (fact.needed !== needed || fact.count !== course.approvals + 1 || fact.count > needed)
    faults.push("counts the approvals wrong");
  return faults;
}

function activationFaults(course: Course, { fact, actor, at }: Of<"bypass.activated">): readonly string[] {
  const { ack, durationSeconds } = course.declaration.fact;
  const { last } = course;
  const follows = (type: Type) => last.fact.type === type && sameActor(last.actor, actor);
  const earned = fact.approved
    ? ack.needed > 0 && course.approvals >= ack.needed && follows("ack.given")
    : isRequester(course, actor) && (ack.needed === 0 || follows("bypass.proceeded_alone"));
  const faults = earned ? [] : ["activates a grant that was not earned"];
  const end = Date.parse(at) + durationSeconds * 1000;
  return Date.parse(fact.endsAt) === end
    ? faults
    : [...faults, "activates a grant that is not as long as was declared"];
}

/** The rules for what happens to a grant. */
function grantFaults({ settled, endsAt, ended, ...course }: Course, step: Step): readonly string[] {
  const { fact, actor, at } = step;
  if (!ENDING.includes(fact.type) && fact.type !== "grant.warned") return [];
  if (settled !== "bypass.activated" || endsAt === null) return [`tells ${fact.type} of what was never active`];
  if (ended) return [`tells ${fact.type} of what had ended before`];
  const faults: string[] = [];
  const over = Date.parse(at) >= endsAt;
  if (fact.type === "bypass.expired" ? !over : over)
    faults.push(`tells ${fact.type} at a time that does not fit the end`);
  if (fact.type === "bypass.closed" && !isRequester(course, actor)) faults.push("closes the bypass of somebody else");
  if (fact.type === "bypass.revoked") {
    if ((fact.why === "person") !== (actor.kind === "person"))
      faults.push("is a revocation by the wrong kind of actor");
    if (isRequesterPerson(course, actor)) faults.push("is a revocation by the requester");
  }
  return faults;
}

/**
 * What a decision records in the same breath as its last step so far; `null` when it may end here. Entries of one decision
 * stand together, so a trail that goes on otherwise, or ends, has lost something.
 */
export function owedAfter(course: Course, { fact }: Step): Type | null {
  const { needed } = course.declaration.fact.ack;
  switch (fact.type) {
    case "bypass.declared":
      return "review.opened";
    case "review.opened":
      return needed === 0 && course.entries === 2 ? "bypass.activated" : null;
    case "ack.given":
      return course.approvals === needed ? "bypass.activated" : null;
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
