import type { KnownBlock } from "@slack/types";
import { MAX_TEXT } from "../../domain/decisions/texts.js";
import { dateToken } from "../block-kit/dates.js";
import { richQuote, richText } from "../block-kit/rich-text.js";
import { actionRow } from "./buttons.js";
import {
  blockId,
  drillMark,
  entryAt,
  type MessageBody,
  type MessageContext,
  nameOf,
  reviewOf,
  visibleText,
} from "./context.js";
import { drillLine, freeText, messageSection } from "./request.js";
import { note } from "./summary.js";
import { trailLine } from "./trail-line.js";

/** To the owner of an action: what is to be done, by when, and how to end it. `version` is that of its entry. */
export function actionMessage(context: MessageContext, version: number): MessageBody {
  const action = context.record.state.review?.actions.find((candidate) => candidate.version === version);
  const text = visibleText(context, entryAt(context, version), "line");
  const line = `*An action from ${reviewOf(context)}* (${nameOf(context)}) is yours: ${actionStatus(context, version)}`;
  const open = action?.status === "open";
  const blocks: KnownBlock[] = [
    ...drillLine(context),
    messageSection(context, "line", line),
    richText(blockId(context, "what"), richQuote(freeText(text, MAX_TEXT))),
    ...(open ? actionButtons(context, version) : []),
    trailLine(context),
  ];
  return { text: note(`${drillMark(context.record.state)}${line}`, text), blocks };
}

/** The buttons carry the version and the hash of the entry that opened the action, which identify it. */
function actionButtons(context: MessageContext, version: number): KnownBlock[] {
  const identity = entryAt(context, version)?.head;
  if (identity === undefined) return [];
  const subject = { n: context.record.n, version, identity };
  return [actionRow(blockId(context, "actions"), subject, ["actionDone", "putOffAction", "dropAction"])];
}

function actionStatus(context: MessageContext, version: number): string {
  const action = context.record.state.review?.actions.find((candidate) => candidate.version === version);
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
