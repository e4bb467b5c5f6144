import { accept, byPerson, type Decision, type Refused } from "../../decisions/decision.js";
import { roleAsOf } from "../../decisions/principal.js";
import { checkText, refuseText } from "../../decisions/texts.js";
import type { CommandOf } from "../commands.js";
import { evolve } from "../evolve.js";
import { type Bypass, overAt, rejectedAt } from "../state.js";

/**
 * How long after the end a no is still taken. Whoever opened the form while the bypass was open is done with it by then;
 * whoever thinks of it later has the log and the review.
 */
export const REJECTABLE_FOR_MS = 15 * 60_000;

/** What says no. */
export type RejectionAnswer = "deny" | "revoke";

/**
 * Whether a no at that time is taken though the bypass is over, so that nobody gets rid of one by a quick Withdraw or Close.
 * Only the first: one no holds as much as many. A Revoke needs a grant that it could have met.
 */
export function isLateRejection(state: Bypass, answer: RejectionAnswer, at: string): boolean {
  const over = overAt(state);
  if (over === null || rejectedAt(state) !== null) return false;
  if (answer === "revoke" && !("grant" in state)) return false;
  return Date.parse(at) <= Date.parse(over) + REJECTABLE_FOR_MS;
}

/**
 * What becomes of a no that comes too late to settle or end anything: it is recorded, with the end that it comes upon;
 * where it is not taken, it stays `refused`.
 */
export function rejectLate(state: Bypass, command: CommandOf<RejectionAnswer>, at: string, refused: Refused): Decision {
  const { by, type: answer } = command;
  const ended = refused.entries.reduce<Bypass>(
    (current, entry) => evolve(current, { ...entry, version: current.version + 1 }),
    state,
  );
  if (!isLateRejection(ended, answer, at)) return refused;
  const reason = checkText(command.reason, command);
  if (!reason.ok) return { ...refuseText(reason), entries: refused.entries };
  const event = { type: "bypass.rejected_late", answer, roleAsOf: roleAsOf(by) } as const;
  const recorded = accept(...refused.entries, byPerson(by, at, event, { reason: reason.text }));
  return { ...recorded, late: refused.refusal };
}
