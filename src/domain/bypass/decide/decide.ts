import { type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { accountRefusal } from "../../decisions/same-person.js";
import type { Policy } from "../../policy/policy.js";
import { addView, endAction, followUp, putOffAction, putOffReview, submitReview } from "../../review/decide.js";
import type { BypassCommand } from "../commands.js";
import { evolve } from "../evolve.js";
import type { Bypass, BypassState } from "../state.js";
import { approve } from "./approve.js";
import { checkApprovers } from "./check-approvers.js";
import { declare } from "./declare.js";
import { addressPage, recordAlert, recordAlertLost, recordNotified, recordPage } from "./delivery.js";
import { deny } from "./deny.js";
import { close, endBySystem, expiry, isOver, revoke } from "./end-of-grant.js";
import { log } from "./log.js";
import { proceedAlone } from "./proceed-alone.js";
import { recordRedaction } from "./record-redaction.js";
import { tick } from "./tick.js";
import { withdraw } from "./withdraw.js";

/**
 * Decides every command on a bypass. Pure: takes the policy in force, the state, the command and the time of the
 * database's clock (`now`), and returns entries or a refusal. Any command at or after the end of a grant records the
 * grant's expiry first.
 * @throws when a bypass is declared twice
 */
export function decide(policy: Policy, state: BypassState, command: BypassCommand, now: Date): Decision {
  if (command.type === "declare") {
    if (state !== null) throw new Error("A bypass is declared once; a second declaration is another bypass.");
    return declare(policy, command, now.toISOString());
  }
  if (state === null) return refuse("not_found");
  const at = notBefore(state.lastAt, now);
  const decision = dispatch(policy, state, command, at);
  if (!isOver(state, at) || decision.entries.some((entry) => entry.event.type === "bypass.expired")) return decision;
  const expired = expiry(at);
  const ended = evolve(state, { ...expired, version: state.version + 1 });
  const afterExpiry = dispatch(policy, ended, command, at);
  return { ...afterExpiry, entries: [expired, ...afterExpiry.entries] };
}

/** Passes the command on, if the account behind it may do anything at all: that comes before what the state allows. */
function dispatch(
  policy: Policy,
  state: Bypass,
  command: Exclude<BypassCommand, { type: "declare" }>,
  at: string,
): Decision {
  const refused = "by" in command ? accountRefusal(command.by) : null;
  if ("by" in command && refused !== null)
    return refusePerson(state, command.by, ATTEMPTED[command.type] ?? command.type, at, refused);
  switch (command.type) {
    case "approve":
      return approve(policy, state, command, at);
    case "deny":
      return deny(policy, state, command, at);
    case "withdraw":
      return withdraw(state, command, at);
    case "proceed_alone":
      return proceedAlone(policy, state, command, at);
    case "close":
      return close(state, command, at);
    case "revoke":
      return revoke(policy, state, command, at);
    case "log":
      return log(policy, state, command, at);
    case "end_by_system":
      return endBySystem(state, command, at);
    case "tick":
      return tick(state, at);
    case "address_page":
      return addressPage(policy, state, command, at);
    case "record_page":
      return recordPage(command, at);
    case "record_notified":
      return recordNotified(command, at);
    case "record_alert":
    case "record_alert_failure":
      return recordAlert(state, command, at);
    case "record_alert_lost":
      return recordAlertLost(state, command, at);
    case "check_approvers":
      return checkApprovers(policy, state, command, at);
    case "record_redaction":
      return recordRedaction(policy, state, command, at);
    case "submit_review":
      return submitReview(policy, state, command, at);
    case "add_view":
      return addView(state, command, at);
    case "put_off_review":
      return putOffReview(policy, state, command, at);
    case "put_off_action":
      return putOffAction(policy, state, command, at);
    case "end_action":
      return endAction(policy, state, command, at);
    case "follow_up":
      return followUp(policy, state, at);
    default:
      return command satisfies never;
  }
}

/** What is on record as tried, where it is not the command's own name. */
const ATTEMPTED: Partial<Record<BypassCommand["type"], string>> = { record_redaction: "redact" };

/** Keeps time monotonic: a clock that steps back must not date an entry before the one it follows. */
function notBefore(lastAt: string, now: Date): string {
  return Date.parse(lastAt) > now.getTime() ? lastAt : now.toISOString();
}
