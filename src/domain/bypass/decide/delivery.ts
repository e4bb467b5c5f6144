import { accept, bySystem, type Decision, refuse } from "../../decisions/decision.js";
import { isSamePerson, personNow, requesterThen } from "../../decisions/same-person.js";
import { askAtMost, type Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import { type Bypass, isUnanswered, postedAlert } from "../state.js";

/**
 * Records whom a page addresses: whoever holds the role by name, and others as far as the path's `ask_at_most` has room.
 * Refused once nothing is left to answer. The requester's person is never addressed, through any account; an `ask` also
 * skips everyone addressed before, and they take up its room. A page with nobody left to address is recorded as failed,
 * because Proceed Alone waits for the outcome of every step.
 */
export function addressPage(policy: Policy, state: Bypass, command: CommandOf<"address_page">, at: string): Decision {
  const { purpose, role, step } = command;
  if (!isUnanswered(state)) return refuse("nothing_due");
  const alreadyAsked = new Set(purpose === "ask" ? state.asked.map((asked) => asked.user) : []);
  const eligible = [...new Set(command.users)].filter((user) => {
    return !alreadyAsked.has(user) && !isSamePerson(policy, requesterThen(state), personNow(policy, user));
  });
  const room = askAtMost(policy, state.path) - alreadyAsked.size;
  const users = withinRoom(eligible, new Set(command.named), room);
  const others = command.others + eligible.length - users.length;
  if (users.length === 0 && purpose === "page") {
    const code = "nobody_holds_role";
    return accept(bySystem("delivery", at, { type: "page.failed", step, user: null, role, via: "slack", code }));
  }
  return accept(bySystem("delivery", at, { type: "page.addressed", purpose, role, step, users, others }));
}

/** Everyone who is named, and as many of the others, in order, as leave the whole within `room`. */
function withinRoom(users: readonly string[], named: ReadonlySet<string>, room: number): string[] {
  let left = room - users.filter((user) => named.has(user)).length;
  return users.filter((user) => named.has(user) || left-- > 0);
}

/** Records that a page reached an account, or that it failed. */
export function recordPage(command: CommandOf<"record_page">, at: string): Decision {
  const { step, user, role, via, failure } = command;
  if (failure !== null) {
    return accept(bySystem("delivery", at, { type: "page.failed", step, user, role, via, code: failure }));
  }
  return user === null
    ? refuse("nothing_due")
    : accept(bySystem("delivery", at, { type: "page.sent", step, user, via }));
}

/**
 * Records that an external pager accepted a notification. One that it rejects is a failed page: see {@link recordPage}.
 */
export function recordNotified({ action, step, via }: CommandOf<"record_notified">, at: string): Decision {
  return accept(bySystem("delivery", at, { type: "pager.notified", action, step, via }));
}

/** Records where the alert was posted, or that it could not be posted. */
export function recordAlert(
  state: Bypass,
  command: CommandOf<"record_alert"> | CommandOf<"record_alert_failure">,
  at: string,
): Decision {
  // A failure is recorded once; an alert that succeeds after it is recorded too.
  const recorded = command.type === "record_alert" ? postedAlert(state) : state.alert;
  if (recorded !== null) return refuse("nothing_due");
  return command.type === "record_alert"
    ? accept(bySystem("delivery", at, { type: "alert.posted", ...command.posted }))
    : accept(bySystem("delivery", at, { type: "alert.failed", code: command.code }));
}

/** Records that the message of the alert is gone. An earlier message of the alert may go without an entry. */
export function recordAlertLost(state: Bypass, { at: lost }: CommandOf<"record_alert_lost">, at: string): Decision {
  const posted = postedAlert(state);
  if (posted === null || posted.channel !== lost.channel || posted.ts !== lost.ts) return refuse("nothing_due");
  return accept(bySystem("delivery", at, { type: "alert.lost", channel: lost.channel, ts: lost.ts }));
}
