import type { BypassFact, Entry } from "../bypass/entries.js";
import type { Actor } from "../bypass/people.js";

/** An entry of a bypass as the rules look at it. */
export type Step = Pick<Entry, "fact" | "actor" | "at">;
/** What an entry of a bypass may tell. */
export type Type = BypassFact["type"];
/** A step of that type. */
export type Of<T extends Type> = Step & { readonly fact: Extract<BypassFact, { type: T }> };

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

/** What settles a request. */
export const SETTLING: readonly Type[] = ["bypass.activated", "bypass.denied", "bypass.withdrawn", "bypass.lapsed"];
/** What ends a grant. */
export const ENDING: readonly Type[] = ["bypass.expired", "bypass.closed", "bypass.revoked"];

/** Is the step of that type? */
export const is = <T extends Type>(step: Step, type: T): step is Of<T> => step.fact.type === type;
/** The account that acted; `null` where the system did. */
export const userOf = (actor: Actor) => (actor.kind === "person" ? actor.user : null);
/** The person who acted; `null` where the system did. */
export const personOf = (actor: Actor) => (actor.kind === "person" ? actor.person : null);

/** One of the requester's accounts acts: only accounts cannot be given to somebody else later. */
export function isRequester({ declaration }: Pick<Course, "declaration">, actor: Actor): boolean {
  return declaration.fact.accounts.includes(userOf(actor) ?? "");
}

/** As {@link isRequester}, or somebody under the requester's name. */
export function isRequesterPerson(course: Pick<Course, "declaration">, actor: Actor): boolean {
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
