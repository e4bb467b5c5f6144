import { accept, byPerson, type Decision, refusePerson } from "../../decisions/decision.js";
import { roleAsOf } from "../../decisions/principal.js";
import { checkText, refuseText } from "../../decisions/texts.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";
import { rejectLate } from "./reject-late.js";
import { closedRefusal, waived } from "./settlement.js";
import { answerRefusal } from "./who-may.js";

/** One denial settles the request, however many have approved; a little after the end it is recorded all the same. */
export function deny(policy: Policy, state: Bypass, command: CommandOf<"deny">, at: string): Decision {
  const { by } = command;
  const refusal = answerRefusal(policy, state, by);
  if (refusal !== null) return refusePerson(state, by, "deny", at, refusal);
  const closed = closedRefusal(policy, state, at);
  if (closed !== null) return rejectLate(state, command, at, closed);
  const reason = checkText(command.reason, command);
  if (!reason.ok) return refuseText(reason);
  const event = { type: "bypass.denied", roleAsOf: roleAsOf(by) } as const;
  return accept(byPerson(by, at, event, { reason: reason.text }), waived(at));
}
