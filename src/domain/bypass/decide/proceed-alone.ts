import { DAY_MS } from "../../calendar/time.js";
import { accept, byPerson, type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { requesterRefusal } from "../../decisions/same-person.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import { aloneAt, isStepDue } from "../due.js";
import type { Bypass } from "../state.js";
import { activation, closedRefusal } from "./settlement.js";
import { invokeRefusal } from "./who-may.js";

/** What the requester has to type to proceed alone. */
export const ALONE_WORDS = "BREAK GLASS";

/** How long another person's no to the same gate, for the same target or requester, bars Proceed Alone. */
export const REJECTION_HOLDS_MS = DAY_MS;

/**
 * Proceed Alone: only where the path allows it, only after `alone_after`, only once each due escalation step was paged
 * or its failure recorded, and never within 24 h after another person said no to the same gate for the same target or requester.
 */
export function proceedAlone(policy: Policy, state: Bypass, command: CommandOf<"proceed_alone">, at: string): Decision {
  const { by } = command;
  const refused = aloneRefusal(policy, state, command, at);
  if (refused !== null) return refused;
  if (command.typed.trim() !== ALONE_WORDS) return refuse("typed_wrong");
  return accept(byPerson(by, at, { type: "bypass.proceeded_alone" }), byPerson(by, at, activation(state, at, false)));
}

/** Why the requester may not proceed alone, whatever they typed; `null` when they may. */
function aloneRefusal(
  policy: Policy,
  state: Bypass,
  command: Pick<CommandOf<"proceed_alone">, "by" | "lastRejectedAt">,
  at: string,
): Decision | null {
  const { by } = command;
  const refusal = requesterRefusal(state, by) ?? invokeRefusal(policy, state.path, by);
  if (refusal !== null) return refusePerson(state, by, "proceed_alone", at, refusal);
  const closed = closedRefusal(policy, state, at);
  if (closed !== null) return closed;
  const allowedFrom = aloneAt(state);
  if (allowedFrom === null) return refuse("alone_never");
  if (Date.parse(at) < allowedFrom) return refuse("alone_too_early", { at: new Date(allowedFrom).toISOString() });
  const rejectedUntil = command.lastRejectedAt === null ? 0 : Date.parse(command.lastRejectedAt) + REJECTION_HOLDS_MS;
  if (Date.parse(at) < rejectedUntil) {
    const allowedAt = new Date(rejectedUntil).toISOString();
    return refusePerson(state, by, "proceed_alone", at, "alone_after_rejection", { at: allowedAt });
  }
  const due = state.steps.filter((step) => isStepDue(state, step, at));
  return due.every((step) => step.outcome !== "none") ? null : refuse("alone_escalation_open");
}
