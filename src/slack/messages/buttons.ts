import type { ActionsBlock, Button } from "@slack/types";
import { bypassName } from "../../domain/bypass/number.js";
import { ACTIONS, buttonValue } from "../actions.js";
import { blockId, type MessageContext } from "./context.js";

const LABELS = {
  approve: "Approve",
  deny: "Deny",
  withdraw: "Withdraw",
  proceedAlone: "Proceed Alone",
  close: "Close",
  revoke: "Revoke",
  again: "Break Glass Again",
  writeReview: "Write Review",
  amendReview: "Amend Review",
  addView: "Add My View",
  snoozeReview: "Put Off",
  actionDone: "Done",
  actionDrop: "Drop",
  snoozeAction: "Put Off",
} as const;

export type ButtonName = keyof typeof LABELS;

/** The bypass that a button belongs to, and the version that its message is drawn from. */
interface Subject {
  readonly n: number;
  readonly version: number;
}

/** The buttons of a message that is drawn from a scene. */
export function buttons(context: MessageContext, ...names: readonly ButtonName[]): ActionsBlock {
  const { n, state } = context.record;
  return buttonRow(blockId(context, "actions"), { n, version: state.version }, names);
}

/** A row of buttons. Approve is the only one with a colour: the others must not look like the way forward. */
export function buttonRow(id: string, subject: Subject, names: readonly ButtonName[]): ActionsBlock {
  return { type: "actions", block_id: id, elements: names.map((name) => button(subject, name)) };
}

function button({ n, version }: Subject, name: ButtonName): Button {
  const plainButton: Button = {
    type: "button",
    action_id: ACTIONS[name],
    value: buttonValue(n, version),
    text: { type: "plain_text", text: LABELS[name], emoji: false },
    accessibility_label: `${LABELS[name]} ${bypassName(n)}`,
  };
  return name === "approve" ? { ...plainButton, style: "primary" } : plainButton;
}
