import { accept, bySystem, type Decision, refuse } from "../../decisions/decision.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";
import { missingApprovers } from "./who-may.js";

/** Records once that no role is left that may approve the request, and once that there is one again. */
export function checkApprovers(
  policy: Policy,
  state: Bypass,
  { policyHash }: CommandOf<"check_approvers">,
  at: string,
): Decision {
  if (state.status !== "requested") return refuse("nothing_due");
  const roles = missingApprovers(policy, state);
  const wasBlocked = state.blockedSince !== null;
  if ((roles !== null) === wasBlocked) return refuse("nothing_due");
  return accept(
    bySystem(
      "policy",
      at,
      roles === null ? { type: "ack.unblocked", policyHash } : { type: "ack.blocked", policyHash, roles },
    ),
  );
}
