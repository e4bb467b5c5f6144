import { accept, byPerson, type Decision, refuse, refusePerson } from "../../decisions/decision.js";
import { checkText } from "../../decisions/texts.js";
import type { Policy } from "../../policy/policy.js";
import type { CommandOf } from "../commands.js";
import type { Bypass } from "../state.js";
import { redactRefusal } from "./entitlement.js";

/** Records a redaction. The trail's `redact` removes the text itself, in the same statement as this entry. */
export function recordRedaction(
  policy: Policy,
  state: Bypass,
  command: CommandOf<"record_redaction">,
  at: string,
): Decision {
  const { by, seq, field } = command;
  const refusal = redactRefusal(policy, by);
  if (refusal !== null) return refusePerson(state, by, "redact", at, refusal);
  const why = checkText(command.why);
  if (!why.ok) return refuse(why.code);
  return accept(byPerson(by, at, { type: "text.redacted", seq, field }, { reason: why.text }));
}
