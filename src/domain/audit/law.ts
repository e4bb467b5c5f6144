import type { BypassFact, Entry } from "../bypass/entries.js";
import type { Actor } from "../bypass/people.js";
import type { ReviewFact } from "../review/facts.js";

/** An entry of a bypass as the rules look at it. */
export type Step = Pick<Entry, "fact" | "actor" | "at">;
type Type = BypassFact["type"];
type Of<T extends Type> = Step & { readonly fact: Extract<BypassFact, { type: T }> };

/** What came of a bypass so far, as far as later entries are judged by it. */
export interface Course {
  readonly declaration: Of<"bypass.declared">;
  readonly entries: number;
  readonly last: Step;
  readonly approvals: number;
  /** Persons and accounts of everybody who approved. */
  readonly persons: readonly string[];
  readonly accounts: readonly string[];
  readonly settled: Type | null;
  /** The end of the grant (epoch ms), once there is one. */
  readonly endsAt: number | null;
  readonly ended: boolean;
  /** Editions of its review so far. */
  readonly editions: number;
  readonly actionsOpened: number;
  /** Actions that are over. */
  readonly actionsEnded: readonly number[];
}

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

const SETTLING: readonly Type[] = ["bypass.activated", "bypass.denied", "bypass.withdrawn", "bypass.lapsed"];
const WAITING: readonly Type[] = [...SETTLING, "ack.given", "ack.reminded", "ack.escalated", "bypass.proceeded_alone"];
const ENDING: readonly Type[] = ["bypass.expired", "bypass.closed", "bypass.revoked"];

const is = <T extends Type>(step: Step, type: T): step is Of<T> => step.fact.type === type;
const sameActor = (a: Actor, b: Actor) =>
  a.kind === "person" && b.kind === "person" && a.user === b.user && a.person === b.person;
const userOf = (actor: Actor) => (actor.kind === "person" ? actor.user : null);
const personOf = (actor: Actor) => (actor.kind === "person" ? actor.person : null);

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

/** The rules for a review and its actions. */
function reviewFaults(course: Course, step: Step): readonly string[] {
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

const isReviewFact = (fact: BypassFact): fact is ReviewFact =>
  fact.type.startsWith("action.") ||
  (fact.type.startsWith("review.") && fact.type !== "review.opened" && fact.type !== "review.waived");

const hasApproved = ({ accounts, persons }: Course, actor: Actor): boolean =>
  accounts.includes(userOf(actor) ?? "") || persons.includes(personOf(actor) ?? "");

/** One of the requester's accounts acts: only accounts cannot be given to somebody else later. */
function isRequester({ declaration }: Pick<Course, "declaration">, actor: Actor): boolean {
  return declaration.fact.accounts.includes(userOf(actor) ?? "");
}

/** As {@link isRequester}, or somebody under the requester's name. */
function isRequesterPerson(course: Pick<Course, "declaration">, actor: Actor): boolean {
  return isRequester(course, actor) || personOf(actor) === personOf(course.declaration.actor);
}

/** What has come of it with one more entry, lawful or not; `null` as long as nothing is declared. */
export function courseAfter(course: Course | null, step: Step): Course | null {
  if (course === null) {
    if (!is(step, "bypass.declared")) return null;
    const nobody = { approvals: 0, persons: [], accounts: [] };
    const review = { editions: 0, actionsOpened: 0, actionsEnded: [] };
    return {
      declaration: step,
      entries: 1,
      last: step,
      ...nobody,
      settled: null,
      endsAt: null,
      ended: false,
      ...review,
    };
  }
  const { fact, actor } = step;
  const next = {
    ...course,
    entries: course.entries + 1,
    last: step,
    ended: course.ended || ENDING.includes(fact.type),
  };
  if (is(step, "ack.given")) {
    const accounts = [...next.accounts, userOf(actor) ?? "", ...step.fact.accounts];
    return { ...next, approvals: next.approvals + 1, persons: [...next.persons, personOf(actor) ?? ""], accounts };
  }
  if (is(step, "review.submitted") || is(step, "review.amended")) return { ...next, editions: step.fact.edition };
  if (is(step, "action.opened")) return { ...next, actionsOpened: step.fact.action };
  if (is(step, "action.ended")) return { ...next, actionsEnded: [...next.actionsEnded, step.fact.action] };
  if (next.settled !== null || !SETTLING.includes(fact.type)) return next;
  return { ...next, settled: fact.type, endsAt: is(step, "bypass.activated") ? Date.parse(step.fact.endsAt) : null };
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
