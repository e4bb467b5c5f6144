import type { Actor } from "./actor.js";
import { actorOf, type EventType } from "./catalogue/catalogue.js";

/** A Slack account, as Slack writes it. */
const ACCOUNT = /^[UW][A-Z0-9]{2,20}$/;
/** A name under the policy's `people`. */
const PERSON = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Is it a Slack account id? */
export const isAccount = (value: string): boolean => ACCOUNT.test(value);

/** Is it a moment as the trail writes it: ISO 8601, UTC, with milliseconds, and a day that the calendar has? */
export function isMoment(value: string): boolean {
  // A day that the month does not have, and the hour 24, are read as the day after.
  return MOMENT.test(value) && new Date(value).getUTCDate() === Number(value.slice(8, 10));
}

/** What every entry is, whichever stream it stands in. */
export interface AnyEntry {
  readonly event: { readonly type: EventType };
  readonly actor: Actor;
  readonly at: string;
}

/**
 * What holds for every entry of either stream: the right kind of actor, by a well-formed name, at a well-formed time.
 * @returns each broken rule as the rest of a sentence that begins with "Entry 12 of BG-3"
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

/** An account that the policy does not list stands for itself. */
const isNamed = (user: string, person: string): boolean => isAccount(user) && (person === user || PERSON.test(person));
