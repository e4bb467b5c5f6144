import { accept, byPerson, type Decision, refusePerson } from "../../decisions/decision.js";
import { decideRedaction } from "../../decisions/redaction.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";

/** Records a redaction. The trail's `redact` removes the text itself, in the same statement as this entry. */
export function recordRedaction(
  policy: Policy,
  state: Bypass,
  command: CommandOf<"record_redaction">,
  at: string,
): Decision {
  const { by } = command;
  const redaction = decideRedaction(policy, by, command);
  if (!redaction.ok) {
    const { ok: _, code, ...about } = redaction;
    return refusePerson(state, by, "redact", at, code, about);
  }
  return accept(byPerson(by, at, redaction.event, redaction.texts));
}
