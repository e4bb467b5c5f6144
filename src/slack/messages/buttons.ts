import type { ActionsBlock, Button } from "@slack/types";
import { bypassName } from "../../domain/events/names.js";
import { bypassOfRecord, type GateItemRef } from "../../usecases/ports/bypass-ref.js";
import { type ActionButton, BUTTONS, type BypassButton, bypassValue, type GateButton, gateValue } from "../actions.js";
import { actions, button } from "../block-kit/blocks.js";
import { blockId, type MessageContext } from "./context.js";

/** Buttons about one bypass or its review. */
export type ButtonName = BypassButton;

/** The subject of a button. */
interface Subject {
  readonly n: number;
  /** The version that the message shows; for an action, that of the entry that opened it. */
  readonly version: number;
  /** 24 hex digits of the hash of the declaration; for an action, of the entry that opened it. */
  readonly identity: string;
}

/** The buttons of a message about a bypass. */
export function buttons(context: MessageContext, ...names: readonly ButtonName[]): ActionsBlock {
  const { identity } = bypassOfRecord(context.record);
  const { n, state } = context.record;
  return buttonRow(blockId(context, "actions"), { n, version: state.version, identity }, names);
}

/** A row of buttons about a bypass. */
export function buttonRow(id: string, subject: Subject, names: readonly BypassButton[]): ActionsBlock {
  return actions(
    names.map((name) => buttonAbout(name, subject)),
    id,
  );
}

/** A row of buttons about an action of a review. */
export function actionRow(id: string, action: Subject, names: readonly ActionButton[]): ActionsBlock {
  return actions(
    names.map((name) => buttonAbout(name, action)),
    id,
  );
}

function buttonAbout(name: BypassButton | ActionButton, subject: Subject): Button {
  const row = BUTTONS[name];
  return button({ ...row, value: bypassValue(subject), spoken: `${row.label} ${bypassName(subject.n)}` });
}

const GATE_BUTTONS: readonly GateButton[] = ["gateChanged", "gateRetired", "putOffGate"];

/** The buttons for the owner of a gate that needs fixing. */
export function gateButtons(ref: GateItemRef): ActionsBlock {
  const { gate, item } = ref;
  return actions(
    GATE_BUTTONS.map((name) => {
      const row = BUTTONS[name];
      return button({ ...row, value: gateValue(ref), spoken: `${row.label}: ${gate}` });
    }),
    `gate-${gate}-${item}-actions`,
  );
}
