import {
  accept,
  byPerson,
  bySystem,
  type Decision,
  type Refused,
  refuse,
  refusePerson,
} from "../../decisions/decision.js";
import { roleAsOf } from "../../decisions/principal.js";
import { requesterRefusal } from "../../decisions/same-person.js";
import { checkText, refuseText } from "../../decisions/texts.js";
import type { NewEntry } from "../../events/entries.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";
import { rejectLate } from "./reject-late.js";
import { lapse } from "./settlement.js";
import { answerRefusal } from "./who-may.js";

export const expiry = (at: string): NewEntry => bySystem("clock", at, { type: "bypass.expired" });

/** Whether the grant has reached its end. Compares with the clock, so it holds even if no job has run. */
export function isOver(state: Bypass, at: string): boolean {
  return state.status === "active" && Date.parse(at) >= Date.parse(state.grant.endsAt);
}

/** The refusal when there is no grant to end. The first command after the end also records the expiry. */
function endedRefusal(state: Bypass, at: string): Refused | null {
  if (state.status !== "active") return refuse("not_active");
  return isOver(state, at) ? refuse("past_end", {}, [expiry(at)]) : null;
}

/** The requester ends the grant early. */
export function close(state: Bypass, command: CommandOf<"close">, at: string): Decision {
  const refusal = requesterRefusal(state, command.by);
  if (refusal !== null) return refusePerson(state, command.by, "close", at, refusal);
  return endedRefusal(state, at) ?? accept(byPerson(command.by, at, { type: "bypass.closed" }));
}

/** Someone who may approve revokes the grant, with a reason; a little after the end it is recorded all the same. */
export function revoke(policy: Policy, state: Bypass, command: CommandOf<"revoke">, at: string): Decision {
  const { by } = command;
  const refusal = answerRefusal(policy, state, by);
  if (refusal !== null) return refusePerson(state, by, "revoke", at, refusal);
  const ended = endedRefusal(state, at);
  if (ended !== null) return rejectLate(state, command, at, ended);
  const reason = checkText(command.reason, command);
  if (!reason.ok) return refuseText(reason);
  const event = { type: "bypass.revoked", why: "person", roleAsOf: roleAsOf(by) } as const;
  return accept(byPerson(by, at, event, { reason: reason.text }));
}

/** The system ends a bypass that is no longer permitted: a request lapses, a grant is revoked. */
export function endBySystem(state: Bypass, command: CommandOf<"end_by_system">, at: string): Decision {
  const { why } = command;
  if (state.status === "requested") return accept(...lapse(at, why));
  const part = why === "gate_never_bypass" ? "policy" : "directory";
  return endedRefusal(state, at) ?? accept(bySystem(part, at, { type: "bypass.revoked", why, roleAsOf: null }));
}
