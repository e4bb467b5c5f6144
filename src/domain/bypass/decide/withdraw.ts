import { accept, byPerson, type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { requesterRefusal } from "../../decisions/same-person.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";

import { waived } from "./settlement.js";

/** The requester withdraws the request. */
export function withdraw(state: Bypass, command: CommandOf<"withdraw">, at: string): Decision {
  const refusal = requesterRefusal(state, command.by);
  if (refusal !== null) return refusePerson(state, command.by, "withdraw", at, refusal);
  if (state.status !== "requested") return refuse("not_requested");
  return accept(byPerson(command.by, at, { type: "bypass.withdrawn" }), waived(at));
}
