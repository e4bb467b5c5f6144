import { accept, byPerson, bySystem, type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { accountRefusal, isRequester, requesterRefusal } from "../../decisions/persons.js";
import { roleAsOf } from "../../decisions/principal.js";
import { checkText } from "../../decisions/texts.js";
import type { NewEntry } from "../../events/entries.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";
import { lapse } from "./ack.js";
import { ackRefusal, answerRefusal, invokeRefusal } from "./entitlement.js";

export const expiry = (at: string): NewEntry => bySystem("clock", at, { type: "bypass.expired" });

/** Each command of a bypass reads all its entries; a log without end would make Approve and Revoke slow. */
export const MOST_LOG_LINES = 500;

/** Has the grant reached its end? A comparison with the clock at the moment of asking; no job needs to have run. */
export function isOver(state: Bypass, at: string): boolean {
  return state.status === "active" && Date.parse(at) >= Date.parse(state.grant.endsAt);
}

/** Who asks first after the end puts it on record. */
function ended(state: Bypass, at: string): Decision | null {
  if (state.status !== "active") return refuse("not_active");
  return isOver(state, at) ? refuse("past_end", {}, [expiry(at)]) : null;
}

/** The requester ends the grant before its time. */
export function close(state: Bypass, command: CommandOf<"close">, at: string): Decision {
  const refusal = requesterRefusal(state, command.by);
  if (refusal !== null) return refusePerson(state, command.by, "close", at, refusal);
  return ended(state, at) ?? accept(byPerson(command.by, at, { type: "bypass.closed" }));
}

/** Somebody who may ack takes the grant away, with a reason. */
export function revoke(policy: Policy, state: Bypass, command: CommandOf<"revoke">, at: string): Decision {
  const { by } = command;
  const refusal = answerRefusal(policy, state, by);
  if (refusal !== null) return refusePerson(state, by, "revoke", at, refusal);
  const over = ended(state, at);
  if (over !== null) return over;
  const reason = checkText(command.reason);
  if (!reason.ok) return refuse(reason.code);
  const event = { type: "bypass.revoked", why: "person", roleAsOf: roleAsOf(by) } as const;
  return accept(byPerson(by, at, event, { reason: reason.text }));
}

/** The system ends what may no longer be: a request lapses, a grant is revoked. */
export function endBySystem(state: Bypass, command: CommandOf<"end_by_system">, at: string): Decision {
  const { why } = command;
  if (state.status === "requested") return accept(...lapse(at, why));
  const part = why === "gate_never_bypass" ? "policy" : "directory";
  return ended(state, at) ?? accept(bySystem(part, at, { type: "bypass.revoked", why, roleAsOf: null }));
}

/**
 * What was done under a bypass, told by those who may know: its requester, who may ack it, who may invoke its path.
 * Open as long as the review is: people write down afterwards what they had no time to write down at night.
 */
export function log(policy: Policy, state: Bypass, command: CommandOf<"log">, at: string): Decision {
  const { by } = command;
  const refused = accountRefusal(by);
  if (refused !== null) return refusePerson(state, by, "log", at, refused);
  const known =
    isRequester(state, by) || ackRefusal(policy, state, by) === null || invokeRefusal(policy, state.path, by) === null;
  if (!known) return refusePerson(state, by, "log", at, "not_entitled");
  if (state.review?.status === "waived") return refuse("not_active");
  if (state.logLines >= MOST_LOG_LINES) return refuse("log_full");
  const line = checkText(command.line);
  if (!line.ok) return refuse(line.code);
  return accept(byPerson(by, at, { type: "bypass.logged", via: command.via }, { line: line.text }));
}
