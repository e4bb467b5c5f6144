import type { GateAnswer } from "../../domain/gate/answer.js";
import type { GateAnswered } from "../../usecases/api.js";
import type { GateItemRef } from "../../usecases/ports/bypass-ref.js";
import { type FormName, gateValue, parseGateValue } from "../actions.js";
import { type Filled, type FormWords, type SmallForm, smallForm } from "../forms/small-form.js";
import type { HandlerContext } from "../interactions/register.js";
import { refusalText } from "../refusals.js";

interface GateForm {
  readonly name: FormName;
  readonly action: GateAnswer["type"];
  readonly words: FormWords;
  /** Text above the inputs. */
  readonly lead: (gate: string) => string;
  readonly command: (filled: Filled) => GateAnswer;
}

const UNREADABLE = "That could not be read, and nothing was done. `/breakglass stats` tells how each gate stands.";

/** A form in which the owner of a gate says what was done about it. */
function gateForm({ name, action, words, lead, command }: GateForm): SmallForm {
  return smallForm<GateItemRef>({
    name,
    words,
    lead: ({ gate }) => lead(gate),
    metadata: { write: gateValue, read: parseGateValue },
    unreadable: { button: UNREADABLE, view: UNREADABLE },
    prepare: (context, { user, value }) => {
      const subject = parseGateValue(value ?? "");
      if (subject === null) return null;
      const result = context.breakglass
        .mayAnswerForGate({ user }, subject, action)
        .then((allowed) =>
          allowed.ok ? { subject, days: allowed.days } : { refused: sentence(context, action, allowed, "mrkdwn") },
        );
      return { title: words.title, result };
    },
    perform: async (context, subject, filled, by) => {
      const answer = { ...command(filled), confirmed: filled.confirmed };
      const answered = await context.breakglass.answerForGate(by, subject, answer, by.commandId);
      if (answered.ok) return { ok: true, note: "It is recorded after all; the message about the gate shows it." };
      return { ok: false, refusal: answered, say: (style) => sentence(context, action, answered, style) };
    },
  });
}

function sentence(
  { breakglass }: Pick<HandlerContext, "breakglass">,
  tried: GateAnswer["type"],
  { owner, ...refusal }: Extract<GateAnswered, { ok: false }>,
  style: "mrkdwn" | "plain",
): string {
  const askRoles = owner === null ? [] : [owner];
  const about = { n: null, record: null, inForce: breakglass.inForce(), askRoles, style } as const;
  return refusalText({ tried, refusal, ...about });
}

const REASON = { label: "Reason", hint: "It goes on record with your name, and into the thread." } as const;

export const GATE_CHANGED = gateForm({
  name: "gateChanged",
  action: "fix_gate",
  words: { title: "Gate Changed", submit: "Record", ...REASON },
  lead: (gate) =>
    `Say what was changed about *${gate}*. Its item is closed, and bypasses before now no longer count against it; if it falls sick again, that is told.`,
  command: ({ text }) => ({ type: "fix_gate", how: "changed", reason: text }),
});

export const GATE_RETIRED = gateForm({
  name: "gateRetired",
  action: "fix_gate",
  words: { title: "Gate Retired", submit: "Record", ...REASON },
  lead: (gate) => `Say why *${gate}* is gone, and what stands in its place. Take it out of the policy file, too.`,
  command: ({ text }) => ({ type: "fix_gate", how: "retired", reason: text }),
});

export const PUT_OFF_GATE = gateForm({
  name: "putOffGate",
  action: "put_off_gate",
  words: { title: "Put Off", submit: "Put Off", ...REASON },
  lead: (gate) => `Nobody is reminded of *${gate}* until that day.`,
  command: ({ text, day }) => ({ type: "put_off_gate", until: day, reason: text }),
});
