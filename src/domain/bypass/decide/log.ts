import { accept, byPerson, type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { accountRefusal, usesRequestersAccount } from "../../decisions/persons.js";
import { checkText } from "../../decisions/texts.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";
import { ackRefusal, invokeRefusal } from "./entitlement.js";

/**
 * Limit on log lines. Each command reads all entries of its bypass, so an endless log would slow Approve and Revoke.
 */
export const MOST_LOG_LINES = 500;

/**
 * Logs what was done under a bypass. Open to its requester, to those who may approve it and to those who may invoke its
 * path, until the review is waived: people often write things down only after the incident.
 */
export function log(policy: Policy, state: Bypass, command: CommandOf<"log">, at: string): Decision {
  const { by } = command;
  const refused = accountRefusal(by);
  if (refused !== null) return refusePerson(state, by, "log", at, refused);
  const mayLog =
    usesRequestersAccount(state, by) ||
    ackRefusal(policy, state, by) === null ||
    invokeRefusal(policy, state.path, by) === null;
  if (!mayLog) return refusePerson(state, by, "log", at, "not_entitled");
  if (state.review?.status === "waived") return refuse("not_active");
  if (state.logLines >= MOST_LOG_LINES) return refuse("log_full");
  const line = checkText(command.line);
  if (!line.ok) return refuse(line.code);
  return accept(byPerson(by, at, { type: "bypass.logged", via: command.via }, { line: line.text }));
}
