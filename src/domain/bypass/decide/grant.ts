import type { Policy } from "../../policy/policy.js";
import type { BypassCommand } from "../commands.js";
import type { NewEntry } from "../entries.js";
import type { Bypass } from "../state.js";
import { lapse } from "./ack.js";
import { accept, byPerson, bySystem, type Decision, refuse, refusePerson } from "./decision.js";
import { ackRefusal, invokeRefusal, isRequester, requesterRefusal, standingRefusal } from "./entitlement.js";
import { checkText } from "./texts.js";

type Of<T extends BypassCommand["type"]> = Extract<BypassCommand, { type: T }>;

export const expiry = (at: string): NewEntry => bySystem("clock", at, { type: "bypass.expired" });

/** Has the grant reached its end? A comparison with the clock at the moment of asking; no job needs to have run. */
export function isOver(state: Bypass, at: string): boolean {
  return state.status === "active" && Date.parse(at) >= Date.parse(state.grant.endsAt);
}

/** Who asks first after the end puts it on record. */
function ended(state: Bypass, at: string): Decision | null {
  if (state.status !== "active") return refuse("not_active");
  return isOver(state, at) ? refuse("past_end", {}, [expiry(at)]) : null;
}

export function close(state: Bypass, command: Of<"close">, at: string): Decision {
  const refusal = requesterRefusal(state, command.by);
  if (refusal !== null) return refusePerson(state, command.by, "close", at, refusal);
  return ended(state, at) ?? accept(byPerson(command.by, at, { type: "bypass.closed" }));
}

export function revoke(state: Bypass, command: Of<"revoke">, at: string): Decision {
  const { by } = command;
  const refusal = ackRefusal(state, by);
  if (refusal === "self_approval") return refuse("own_request");
  if (refusal !== null) return refusePerson(state, by, "revoke", at, refusal);
  const over = ended(state, at);
  if (over !== null) return over;
  const reason = checkText(command.reason);
  if (!reason.ok) return refuse(reason.code);
  const roleAsOf = "roleAsOf" in by ? (by.roleAsOf ?? null) : null;
  return accept(byPerson(by, at, { type: "bypass.revoked", why: "person", roleAsOf }, { reason: reason.text }));
}

/** The system ends what may no longer be: a request lapses, a grant is revoked. */
export function endBySystem(state: Bypass, command: Of<"end_by_system">, at: string): Decision {
  const { why } = command;
  if (state.status === "requested") return accept(...lapse(at, why));
  const part = why === "gate_never_bypass" ? "policy" : "directory";
  return ended(state, at) ?? accept(bySystem(part, at, { type: "bypass.revoked", why, roleAsOf: null }));
}

/**
 * What was done under a bypass, told by those who may know: its requester, who may ack it, who may invoke its path.
 * Open as long as the review is: people write down afterwards what they had no time to write down at night.
 */
export function log(policy: Policy, state: Bypass, command: Of<"log">, at: string): Decision {
  const { by } = command;
  const standing = standingRefusal(by);
  if (standing !== null) return refusePerson(state, by, "log", at, standing);
  const known =
    isRequester(state, by) || ackRefusal(state, by) === null || invokeRefusal(policy, state.path, by) === null;
  if (!known) return refusePerson(state, by, "log", at, "not_entitled");
  if (state.review?.status === "waived") return refuse("not_active");
  const line = checkText(command.line);
  if (!line.ok) return refuse(line.code);
  return accept(byPerson(by, at, { type: "bypass.logged", via: command.via }, { line: line.text }));
}
