import type { KnownBlock } from "@slack/types";
import { MAX_TEXT } from "../../domain/bypass/decide/texts.js";
import { dateToken } from "../block-kit/dates.js";
import { quote, rich } from "../block-kit/rich-text.js";
import { buttonRow } from "./buttons.js";
import { blockId, entryAt, type MessageBody, nameOf, reviewOf, type Scene, shown } from "./context.js";
import { drillMark } from "./drill.js";
import { drillLine, freeText, said, trailLine } from "./parts.js";
import { note } from "./summary.js";

/** To the owner of an action: what is to be done, by when, and the ways to end it. `version` is that of its entry. */
export function actionMessage(scene: Scene, version: number): MessageBody {
  const action = scene.record.state.review?.actions.find((one) => one.version === version);
  const text = shown(scene, entryAt(scene, version), "line");
  const line = `*An action from ${reviewOf(scene)}* (${nameOf(scene)}) is yours: ${stands(scene, version)}`;
  const open = action?.status === "open";
  const blocks: KnownBlock[] = [
    ...drillLine(scene),
    said(scene, "line", line),
    rich(blockId(scene, "what"), quote(freeText(text, MAX_TEXT))),
    ...(open ? [actionButtons(scene, version)] : []),
    trailLine(scene),
  ];
  return { text: note(`${drillMark(scene.record.state)}${line}`, text), blocks };
}

/** The buttons carry the version of the entry that opened the action: that tells which one is meant. */
function actionButtons(scene: Scene, version: number): KnownBlock {
  const subject = { n: scene.record.n, version };
  return buttonRow(blockId(scene, "actions"), subject, ["actionDone", "snoozeAction", "actionDrop"]);
}

function stands(scene: Scene, version: number): string {
  const action = scene.record.state.review?.actions.find((one) => one.version === version);
  if (action === undefined) return "it is not known any more.";
  switch (action.status) {
    case "open":
      return `due ${dateToken(action.dueAt, "date")}.`;
    case "done":
      return "*done*.";
    case "dropped":
      return "*dropped*.";
    default:
      return action.status satisfies never;
  }
}
