import { DAY_MS } from "../../calendar/time.js";
import { accept, byPerson, bySystem, type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { isSamePerson, requesterRefusal } from "../../decisions/persons.js";
import { roleAsOf } from "../../decisions/principal.js";
import { checkText } from "../../decisions/texts.js";
import type { LapseReason } from "../../events/catalogue/bypass.js";
import type { NewEntry } from "../../events/entries.js";
import type { Policy } from "../../policy/policy.js";
import { accountsOf } from "../../policy/roles.js";
import type { CommandOf } from "../commands.js";
import { lapseAt } from "../due.js";
import type { Bypass } from "../state.js";
import { ackRefusal, answerRefusal, forbiddenGates, invokeRefusal } from "./entitlement.js";

/** What the requester has to type to proceed alone. */
export const ALONE_WORDS = "BREAK GLASS";

/** The grant begins at `at` and lasts as long as declared. */
export function activation(state: Bypass | { durationSeconds: number }, at: string, approved: boolean) {
  const endsAt = new Date(Date.parse(at) + state.durationSeconds * 1000).toISOString();
  return { type: "bypass.activated", endsAt, approved } as const;
}

const waived = (at: string): NewEntry => bySystem("policy", at, { type: "review.waived", why: "never_active" });

/** The entries that let a request lapse and waive its review, since nothing was bypassed. */
export function lapse(at: string, why: LapseReason): readonly NewEntry[] {
  const part = why === "no_ack" ? "clock" : why === "gate_never_bypass" ? "policy" : "directory";
  return [bySystem(part, at, { type: "bypass.lapsed", why }), waived(at)];
}

/** Whether every escalation step was raised and nobody answered in time. */
export function hasGivenUp(state: Bypass, at: string): boolean {
  return state.steps.every((step) => step.raisedAt !== null) && Date.parse(at) >= lapseAt(state);
}

/** The refusal when a request cannot be answered any more; `null` while it waits for an answer. */
function closedRefusal(policy: Policy, state: Bypass, at: string): Decision | null {
  if (state.status !== "requested") return refuse("not_requested");
  if (hasGivenUp(state, at)) return refuse("gave_up", {}, lapse(at, "no_ack"));
  if (forbiddenGates(policy, state.gates).length > 0)
    return refuse("gate_never_bypass", {}, lapse(at, "gate_never_bypass"));
  return null;
}

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
  const accounts = accountsOf(policy, by.user);
  const { policyHash } = command;
  const given = byPerson(by, at, { type: "ack.given", count, needed, accounts, policyHash, roleAsOf: roleAsOf(by) });
  return count < needed ? accept(given) : accept(given, byPerson(by, at, activation(state, at, true)));
}

/** One denial settles the request, however many have approved. */
export function deny(policy: Policy, state: Bypass, command: CommandOf<"deny">, at: string): Decision {
  const { by } = command;
  const refusal = answerRefusal(policy, state, by);
  if (refusal !== null) return refusePerson(state, by, "deny", at, refusal);
  const closed = closedRefusal(policy, state, at);
  if (closed !== null) return closed;
  const reason = checkText(command.reason);
  if (!reason.ok) return refuse(reason.code);
  const event = { type: "bypass.denied", roleAsOf: roleAsOf(by) } as const;
  return accept(byPerson(by, at, event, { reason: reason.text }), waived(at));
}

/** The requester withdraws the request. */
export function withdraw(state: Bypass, command: CommandOf<"withdraw">, at: string): Decision {
  const refusal = requesterRefusal(state, command.by);
  if (refusal !== null) return refusePerson(state, command.by, "withdraw", at, refusal);
  if (state.status !== "requested") return refuse("not_requested");
  return accept(byPerson(command.by, at, { type: "bypass.withdrawn" }), waived(at));
}

/**
 * Proceed Alone: only where the path allows it, only after `alone_after`, only once each due escalation step was paged
 * or its failure recorded, and never within 24 h after the same gate was denied for the same target or requester.
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
  command: Pick<CommandOf<"proceed_alone">, "by" | "lastDenyAt">,
  at: string,
): Decision | null {
  const { by } = command;
  const refusal = requesterRefusal(state, by) ?? invokeRefusal(policy, state.path, by);
  if (refusal !== null) return refusePerson(state, by, "proceed_alone", at, refusal);
  const closed = closedRefusal(policy, state, at);
  if (closed !== null) return closed;
  const { aloneAfterSeconds } = state.ack;
  if (aloneAfterSeconds === null) return refuse("alone_never");
  const allowedFrom = Date.parse(state.declaredAt) + aloneAfterSeconds * 1000;
  if (Date.parse(at) < allowedFrom) return refuse("alone_too_early", { at: new Date(allowedFrom).toISOString() });
  const deniedUntil = command.lastDenyAt === null ? 0 : Date.parse(command.lastDenyAt) + DENY_HOLDS_MS;
  if (Date.parse(at) < deniedUntil) {
    const allowedAt = new Date(deniedUntil).toISOString();
    return refusePerson(state, by, "proceed_alone", at, "alone_after_deny", { at: allowedAt });
  }
  const due = state.steps.filter((step) => Date.parse(state.declaredAt) + step.afterSeconds * 1000 <= Date.parse(at));
  return due.every((step) => step.outcome !== "none") ? null : refuse("alone_escalation_open");
}

/** How long a denial of the same gate, for the same target or requester, bars Proceed Alone. */
export const DENY_HOLDS_MS = DAY_MS;
