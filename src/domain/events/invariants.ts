import type { Actor } from "./actor.js";
import { actorOf, type EventType } from "./catalogue/catalogue.js";

/** A Slack user id. */
const ACCOUNT = /^[UW][A-Z0-9]{2,20}$/;
/** A name under the policy's `people`. */
const PERSON = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether the value is a Slack user id. */
export const isAccount = (value: string): boolean => ACCOUNT.test(value);

/** Whether the value is a time as the trail writes it: ISO 8601 in UTC with milliseconds, on a day that exists. */
export function isMoment(value: string): boolean {
  // `Date` reads a day that the month does not have, and hour 24, as a later day.
  return MOMENT.test(value) && new Date(value).getUTCDate() === Number(value.slice(8, 10));
}

/** An entry of either stream. */
export interface AnyEntry {
  readonly event: { readonly type: EventType };
  readonly actor: Actor;
  readonly at: string;
}

/**
 * Invariants of every entry of either stream: the right kind of actor, with well-formed ids, at a well-formed time.
 * @returns each violation as the rest of a sentence that begins with "Entry 12 of BG-3"
 */
export function entryViolations({ event: { type }, actor, at }: AnyEntry): readonly string[] {
  const kind = actorOf(type);
  const violations: string[] = [];
  if (kind !== "both" && kind !== actor.kind)
    violations.push(`records ${type} by a ${actor.kind}, but only a ${kind} may`);
  if (actor.kind === "person" && !isNamed(actor.user, actor.person))
    violations.push("names an actor by something that is no Slack account or no person");
  if (!isMoment(at)) violations.push("has a time that is not written as ISO 8601 in UTC");
  return violations;
}

/** For an account that the policy does not list, `person` is the account itself. */
const isNamed = (user: string, person: string): boolean => isAccount(user) && (person === user || PERSON.test(person));
