import type { ContextBlock } from "@slack/types";
import { bypassName } from "../../domain/events/names.js";
import { plainContextLine } from "../block-kit/blocks.js";
import { blockId, type MessageContext, reviewOf } from "./context.js";

/** The newest trail entry and its head, so that a copy of the message can be checked against the chain. */
export function trailLine(context: MessageContext): ContextBlock {
  const newest = context.record.entries.at(-1);
  const { again } = context.record.state;
  const parts = [
    bypassNameWithReview(context),
    ...(newest === undefined ? [] : [`trail ${newest.seq}`, `head ${newest.head}`]),
    ...(again === null ? [] : [`follows ${bypassName(again)}`]),
  ];
  return plainContextLine(parts.join(" · "), blockId(context, "trail"));
}

const bypassNameWithReview = (context: MessageContext): string =>
  `${bypassName(context.record.n)} · ${reviewOf(context)}`;
