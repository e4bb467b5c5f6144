import type { ActionsBlock, Button } from "@slack/types";
import { bypassName } from "../../domain/events/names.js";
import type { GateItem } from "../../domain/gate/gate-item.js";
import { BUTTONS, type BypassButton, bypassValue, type GateButton, gateValue } from "../actions.js";
import { actions, button } from "../block-kit/blocks.js";
import { blockId, type MessageContext } from "./context.js";

/** Buttons about one bypass, its review or one of its actions. */
export type ButtonName = BypassButton;

/** The subject of a button: a bypass and the version its message shows. */
interface Subject {
  readonly n: number;
  readonly version: number;
}

/** The buttons of a message about a bypass. */
export function buttons(context: MessageContext, ...names: readonly ButtonName[]): ActionsBlock {
  const { n, state } = context.record;
  return buttonRow(blockId(context, "actions"), { n, version: state.version }, names);
}

/** A row of buttons about a bypass. */
export function buttonRow(id: string, { n, version }: Subject, names: readonly ButtonName[]): ActionsBlock {
  const about = { value: bypassValue(n, version), name: bypassName(n) };
  return actions(
    names.map((name) => bypassButton(name, about)),
    id,
  );
}

function bypassButton(name: ButtonName, { value, name: bypass }: { value: string; name: string }): Button {
  const row = BUTTONS[name];
  return button({ ...row, value, spoken: `${row.label} ${bypass}` });
}

const GATE_BUTTONS: readonly GateButton[] = ["gateChanged", "gateRetired", "putOffGate"];

/** The buttons for the owner of a gate that needs fixing. */
export function gateButtons({ gate, item }: Pick<GateItem, "gate" | "item">): ActionsBlock {
  return actions(
    GATE_BUTTONS.map((name) => {
      const row = BUTTONS[name];
      return button({ ...row, value: gateValue(gate, item), spoken: `${row.label}: ${gate}` });
    }),
    `gate-${gate}-${item}-actions`,
  );
}
