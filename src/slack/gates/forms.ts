import type { InputBlock, ModalView } from "@slack/types";
import { MAX_TEXT } from "../../domain/bypass/decide/texts.js";
import type { RefusalCode } from "../../domain/bypass/refusals.js";
import type { GateAnswer } from "../../domain/thermometer/answer.js";
import type { GateAnswered } from "../../usecases/api.js";
import { parseGateValue, VIEWS } from "../actions.js";
import type { HandlerContext } from "../interactions/context.js";
import type { BlockActionHandler, SubmissionHandler, ViewId } from "../interactions/handlers.js";
import { messageModal } from "../interactions/modal-client.js";
import { type ModalOrRefusal, openModal } from "../interactions/open-modal.js";
import { refusalText } from "../refusals.js";

/** A form in which the owner of a sick gate answers for it. */
export interface GateForm {
  readonly callbackId: ViewId;
  readonly tried: GateAnswer["type"];
  readonly title: string;
  readonly submit: string;
  readonly says: (gate: string) => string;
  readonly withDay: boolean;
  readonly make: (filled: { readonly text: string; readonly day: string }) => GateAnswer;
}

export const GATE_CHANGED: GateForm = {
  callbackId: VIEWS.gateChanged,
  tried: "mend_gate",
  title: "Gate Changed",
  submit: "Record",
  says: (gate) =>
    `Say what was changed about *${gate}*. Its item is closed, and bypasses before now no longer count against it; if it falls sick again, that is told.`,
  withDay: false,
  make: ({ text }) => ({ type: "mend_gate", how: "changed", reason: text }),
};

export const GATE_RETIRED: GateForm = {
  ...GATE_CHANGED,
  callbackId: VIEWS.gateRetired,
  title: "Gate Retired",
  says: (gate) => `Say why *${gate}* is gone, and what stands in its place. Take it out of the policy file, too.`,
  make: ({ text }) => ({ type: "mend_gate", how: "retired", reason: text }),
};

export const SNOOZE_GATE: GateForm = {
  callbackId: VIEWS.snoozeGate,
  tried: "snooze_gate",
  title: "Put Off",
  submit: "Put Off",
  says: (gate) => `Nobody is reminded of *${gate}* until that day.`,
  withDay: true,
  make: ({ text, day }) => ({ type: "snooze_gate", until: day, reason: text }),
};

const TEXT = "typed";
const DAY = "day";
const UNREADABLE = "That could not be read, and nothing was done. `/breakglass stats` tells how each gate stands.";

/** What another text, day or try can mend: it stands under its input, and what was typed stays. */
const MENDABLE: Readonly<Partial<Record<RefusalCode, typeof TEXT | typeof DAY>>> = {
  reason_missing: TEXT,
  text_invalid: TEXT,
  text_secret: TEXT,
  unverifiable: TEXT,
  date_invalid: DAY,
};

/** The button that opens it; whoever does not own the gate is told so before they type. */
export function opensGateForm({ breakglass, modals }: HandlerContext, form: GateForm): BlockActionHandler {
  return async (click, reply) => {
    reply.ifLate("The form could not be opened in time, and nothing was done. Press the button again.");
    const meant = parseGateValue(click.value ?? "");
    if (meant === null) return reply.tell({ text: UNREADABLE });
    const prepare = async (): Promise<ModalOrRefusal> => {
      const refused = await breakglass.mayAnswerForGate({ user: click.user }, meant.gate, meant.item);
      if (refused !== null) return { refused: { text: sentence({ breakglass }, form, refused, "mrkdwn") } };
      return { view: draw(form, click.value ?? "", meant.gate) };
    };
    await openModal({ modals, triggerId: click.triggerId, title: form.title, prepared: prepare(), reply });
  };
}

/** The submission of that form. */
export function takesGateForm({ breakglass }: HandlerContext, form: GateForm): SubmissionHandler {
  return async ({ user, view, commandId }, reply) => {
    const meant = parseGateValue(view.metadata);
    if (meant === null) return reply.replace(messageModal(form.title, UNREADABLE));
    const answer = form.make({ text: view.values.get(TEXT)?.[0] ?? "", day: view.values.get(DAY)?.[0] ?? "" });
    const answered = await breakglass.answerForGate({ user }, meant.gate, meant.item, answer, commandId);
    if (answered.ok) return reply.close("It is recorded after all; the message about the gate shows it.");
    const block = MENDABLE[answered.code];
    if (block !== undefined && view.inputs.includes(block)) {
      return reply.errors({ [block]: sentence({ breakglass }, form, answered, "plain") });
    }
    await reply.replace(messageModal(form.title, sentence({ breakglass }, form, answered, "mrkdwn")));
  };
}

function sentence(
  { breakglass }: Pick<HandlerContext, "breakglass">,
  form: GateForm,
  { code, owner }: Extract<GateAnswered, { ok: false }>,
  style: "mrkdwn" | "plain",
): string {
  const askRoles = owner === null ? [] : [owner];
  const about = { n: null, record: null, inForce: breakglass.inForce(), askRoles, style } as const;
  return refusalText({ tried: form.tried, refusal: { code }, ...about });
}

function draw(form: GateForm, value: string, gate: string): ModalView {
  const plain = (text: string) => ({ type: "plain_text", text, emoji: false }) as const;
  const day: InputBlock = {
    type: "input",
    block_id: DAY,
    label: plain("Until"),
    hint: plain("As the office opens on that day; at most 30 days from now."),
    element: { type: "datepicker", action_id: "chosen" },
  };
  const reason: InputBlock = {
    type: "input",
    block_id: TEXT,
    label: plain("Reason"),
    hint: plain("It goes on record with your name, and into the thread."),
    element: { type: "plain_text_input", action_id: "typed", multiline: true, max_length: MAX_TEXT },
  };
  return {
    type: "modal",
    callback_id: form.callbackId,
    private_metadata: value,
    title: plain(form.title),
    submit: plain(form.submit),
    close: plain("Cancel"),
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: form.says(gate) } },
      ...(form.withDay ? [day] : []),
      reason,
    ],
  };
}
