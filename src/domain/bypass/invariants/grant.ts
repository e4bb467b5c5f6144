import { isRequestersPerson, usesRequestersAccount } from "../../decisions/same-person.js";
import type { Actor } from "../../events/actor.js";
import type { BypassEvent } from "../../events/catalogue/catalogue.js";
import type { Entry } from "../../events/entries.js";
import { warningAt } from "../due.js";
import type { Bypass } from "../state.js";

/** Invariants of a grant: it ends once, no later than its end, by someone who may end it. Other events violate none. */
export function grantViolations(before: Bypass, { event, actor, at }: Entry): readonly string[] {
  switch (event.type) {
    case "grant.warned":
    case "bypass.expired":
    case "bypass.closed":
    case "bypass.revoked":
      if (!("grant" in before)) return [`records ${event.type} of a bypass that was never active`];
      if (before.status !== "active") return [`records ${event.type} of a grant that had ended`];
      return [
        ...timeViolations(before.grant.endsAt, event, at),
        ...(event.type === "grant.warned" ? warningViolations(before, at) : []),
        ...actorViolations(before, event, actor),
      ];
    default:
      return [];
  }
}

/** From the end of a grant on only its expiry may be recorded, and the expiry not earlier. */
function timeViolations(endsAt: string, { type }: BypassEvent, at: string): readonly string[] {
  const isOver = Date.parse(at) >= Date.parse(endsAt);
  if (isOver === (type === "bypass.expired")) return [];
  return [isOver ? `records ${type} after the end of the grant` : "expires a grant that has time left"];
}

/** The requester is warned once, when little is left. */
function warningViolations(before: Extract<Bypass, { status: "active" }>, at: string): readonly string[] {
  if (before.grant.warned) return ["warns of the end a second time"];
  return Date.parse(at) >= warningAt(before) ? [] : ["warns of the end before it is near"];
}

function actorViolations(before: Bypass, event: BypassEvent, actor: Actor): readonly string[] {
  if (event.type === "bypass.closed" && !usesRequestersAccount(before, actor))
    return ["closes the bypass of somebody else"];
  if (event.type !== "bypass.revoked") return [];
  const violations: string[] = [];
  if ((event.why === "person") !== (actor.kind === "person"))
    violations.push("is a revocation by a kind of actor that does not fit its reason");
  if (isRequestersPerson(before, actor)) violations.push("is a revocation by the requester");
  return violations;
}
