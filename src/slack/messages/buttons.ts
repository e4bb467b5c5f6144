import type { ActionsBlock, Button } from "@slack/types";
import { ACTIONS, buttonValue } from "../ids.js";
import { blockId, nameOf, type Scene } from "./scene.js";

const LABELS = {
  approve: "Approve",
  deny: "Deny",
  withdraw: "Withdraw",
  proceedAlone: "Proceed Alone",
  close: "Close",
  revoke: "Revoke",
  again: "Break Glass Again",
} as const;

export type ButtonName = keyof typeof LABELS;

/** A row of buttons. Approve is the only one with a colour: the others must not look like the way forward. */
export function buttons(scene: Scene, ...names: readonly ButtonName[]): ActionsBlock {
  return { type: "actions", block_id: blockId(scene, "actions"), elements: names.map((name) => button(scene, name)) };
}

function button(scene: Scene, name: ButtonName): Button {
  const plainButton: Button = {
    type: "button",
    action_id: ACTIONS[name],
    value: buttonValue(scene.record.n, scene.record.state.version),
    text: { type: "plain_text", text: LABELS[name], emoji: false },
    accessibility_label: `${LABELS[name]} ${nameOf(scene)}`,
  };
  return name === "approve" ? { ...plainButton, style: "primary" } : plainButton;
}
