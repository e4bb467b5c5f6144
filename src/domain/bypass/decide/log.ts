import { accept, byPerson, type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { type Room, roomRefusal } from "../../decisions/entry-limits.js";
import type { Principal } from "../../decisions/principal.js";
import { usesRequestersAccount } from "../../decisions/same-person.js";
import { checkText, refuseText } from "../../decisions/texts.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import { type Bypass, LOG_ROOM } from "../state.js";
import { ackRefusal, invokeRefusal } from "./who-may.js";

/**
 * Logs what was done under a bypass. Open to its requester, to those who may approve it and to those who may invoke its
 * path, until the review is waived: people often write things down only after the incident.
 */
export function log(policy: Policy, state: Bypass, command: CommandOf<"log">, at: string): Decision {
  const { by } = command;
  const room = roomOf(policy, state, by);
  if (room === null) return refusePerson(state, by, "log", at, "not_entitled");
  if (state.review?.status === "waived") return refuse("not_active");
  const full = roomRefusal(policy, state.logLines, by, room);
  if (full !== null) return refuse(full.code, full);
  const line = checkText(command.line, command);
  if (!line.ok) return refuseText(line);
  return accept(byPerson(by, at, { type: "bypass.logged", via: command.via }, { line: line.text }));
}

function roomOf(policy: Policy, state: Bypass, by: Principal): Room | null {
  if (usesRequestersAccount(state, by)) return LOG_ROOM.requester;
  if (ackRefusal(policy, state, by) === null) return LOG_ROOM.approver;
  return invokeRefusal(policy, state.path, by) === null ? LOG_ROOM.other : null;
}
