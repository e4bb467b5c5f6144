import { accept, byPerson, type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { roleAsOf } from "../../decisions/principal.js";
import { accountsOfPrincipal, isSamePerson } from "../../decisions/same-person.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";
import { activation, closedRefusal, lapse } from "./settlement.js";
import { ackRefusal } from "./who-may.js";

/** A second person approves; the last approval needed activates the grant. */
export function approve(policy: Policy, state: Bypass, command: CommandOf<"approve">, at: string): Decision {
  const { by } = command;
  const refusal = ackRefusal(policy, state, by);
  if (refusal !== null) return refusePerson(state, by, "approve", at, refusal);
  if (state.approvals.some((approval) => isSamePerson(policy, approval, by))) return refuse("already_approved");
  const closed = closedRefusal(policy, state, at);
  if (closed !== null) return closed;

  if (command.requester === "deactivated") {
    return refuse("requester_deactivated", {}, lapse(at, "requester_deactivated"));
  }
  const count = state.approvals.length + 1;
  const { needed } = state.ack;
  const accounts = accountsOfPrincipal(policy, by);
  const { policyHash } = command;
  const given = byPerson(by, at, { type: "ack.given", count, needed, accounts, policyHash, roleAsOf: roleAsOf(by) });
  return count < needed ? accept(given) : accept(given, byPerson(by, at, activation(state, at, true)));
}
