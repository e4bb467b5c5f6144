import { hasApproved, isRequestersPerson, isSameActor, usesRequestersAccount } from "../../decisions/same-person.js";
import type { Actor } from "../../events/actor.js";
import { needsApproval } from "../../events/catalogue/bypass.js";
import type { BypassEvent } from "../../events/catalogue/catalogue.js";
import type { Entry } from "../../events/entries.js";
import { aloneAt, hasWaited, isStepDue } from "../due.js";
import type { Bypass } from "../state.js";

type EventOf<T extends BypassEvent["type"]> = Extract<BypassEvent, { type: T }>;

/**
 * Invariants of a request: a second person approves, nobody approves twice, and a grant begins only once it is approved
 * (or needs no approval) and lasts as long as declared. `previous` is the entry directly before. Other events violate
 * none.
 */
export function requestViolations(before: Bypass, previous: Entry | null, { event, actor, at }: Entry) {
  switch (event.type) {
    case "ack.given":
      return [...settledViolations(before, event), ...approvalViolations(before, event, actor)];
    case "bypass.activated":
      return [...settledViolations(before, event), ...activationViolations(before, previous, event, actor, at)];
    case "bypass.denied":
      return [
        ...settledViolations(before, event),
        ...(isRequestersPerson(before, actor) ? ["is a denial by the requester"] : []),
      ];
    case "bypass.withdrawn":
      return [
        ...settledViolations(before, event),
        ...(usesRequestersAccount(before, actor) ? [] : ["withdraws the request of somebody else"]),
      ];
    case "bypass.proceeded_alone":
      return [...settledViolations(before, event), ...aloneViolations(before, actor, at)];
    case "bypass.lapsed": {
      const isEarly = event.why === "no_ack" && !hasWaited(before, before.ack.giveUpAfterSeconds, at);
      return [...settledViolations(before, event), ...(isEarly ? ["gives up before the time to give up"] : [])];
    }
    case "ack.blocked":
    case "ack.unblocked":
      return [
        ...settledViolations(before, event),
        ...((event.type === "ack.blocked") === (before.blockedSince !== null) ? [`repeats ${event.type}`] : []),
      ];
    case "ack.reminded":
      return [...settledViolations(before, event), ...reminderViolations(before, event, at)];
    case "ack.escalated":
      return [...settledViolations(before, event), ...stepViolations(before, event, at)];
    default:
      return [];
  }
}

const settledViolations = ({ status }: Bypass, { type }: BypassEvent): readonly string[] =>
  status === "requested" ? [] : [`records ${type} of a request that was settled before`];

/** A reminder counts all intervals that have passed, so that its number shows neither the past nor the future. */
function reminderViolations(before: Bypass, { count }: EventOf<"ack.reminded">, at: string): readonly string[] {
  if (before.status !== "requested") return [];
  const isNext = count > before.remindedCount && hasWaited(before, count * before.ack.remindEverySeconds, at);
  return isNext ? [] : ["counts the reminders wrong, or reminds before the time"];
}

/** A step that was raised out of turn is not raised again, so its people would not be paged in time. */
function stepViolations(before: Bypass, { step, role }: EventOf<"ack.escalated">, at: string): readonly string[] {
  if (before.status !== "requested") return [];
  const planned = before.steps[step];
  if (planned === undefined || planned.role !== role) return ["escalates to a step or a role that was not declared"];
  if (planned.raisedAt !== null) return ["escalates to the same step a second time"];
  return isStepDue(before, planned, at) ? [] : ["escalates before the time of the step"];
}

function approvalViolations(before: Bypass, event: EventOf<"ack.given">, actor: Actor): readonly string[] {
  if (actor.kind !== "person") return [];
  const { needed } = before.ack;
  const approverAccounts = [actor.user, ...event.accounts];
  const violations: string[] = [];
  if (!event.accounts.includes(actor.user)) violations.push("does not list the approver's own account");
  if (isRequestersPerson(before, actor) || approverAccounts.some((account) => before.accounts.includes(account)))
    violations.push("is an approval by the requester");
  if (hasApproved(before, actor.person, approverAccounts))
    violations.push("is an approval by somebody who approved before");
  if (event.needed !== needed || event.count !== before.approvals.length + 1 || event.count > needed)
    violations.push("counts the approvals wrong");
  return violations;
}

/** The last approval, or proceeding alone, activates the grant in the same decision. */
function activationViolations(
  before: Bypass,
  previous: Entry | null,
  event: EventOf<"bypass.activated">,
  actor: Actor,
  at: string,
): readonly string[] {
  const { ack, approvals, durationSeconds } = before;
  const follows = (type: BypassEvent["type"]): boolean =>
    previous !== null && previous.event.type === type && isSameActor(previous.actor, actor);
  const isEarned = event.approved
    ? needsApproval(ack) && approvals.length >= ack.needed && follows("ack.given")
    : usesRequestersAccount(before, actor) && (!needsApproval(ack) || follows("bypass.proceeded_alone"));
  const isAsLong = Date.parse(event.endsAt) === Date.parse(at) + durationSeconds * 1000;
  return [
    ...(isEarned ? [] : ["activates a grant that was not earned"]),
    ...(isAsLong ? [] : ["activates a grant that is not as long as was declared"]),
  ];
}

function aloneViolations(before: Bypass, actor: Actor, at: string): readonly string[] {
  if (!usesRequestersAccount(before, actor)) return ["goes alone with the request of somebody else"];
  const allowedFrom = aloneAt(before);
  const isAllowed = needsApproval(before.ack) && allowedFrom !== null && Date.parse(at) >= allowedFrom;
  return isAllowed ? [] : ["goes alone where that was not allowed, or not yet"];
}
