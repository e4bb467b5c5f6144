import { renderPlain } from "../../../demo/slack/index.js";
import { type MessageBody, messageContextOf } from "../../../src/slack/messages/context.js";
import { type Ending, policyOf, recordIn, recordOf, type Step } from "./fixtures.js";

export const policy = policyOf();
export const contextIn = (ending: Ending) => messageContextOf(recordIn(ending), policy);
export const contextAfter = (...steps: readonly Step[]) => messageContextOf(recordOf(steps), policy);

/** The message as a person reads it, with mentions as ids. */
export const read = ({ text, blocks }: MessageBody): string =>
  renderPlain({
    channel: "C0",
    ts: "1.000000",
    user: "U0BOT",
    broadcast: false,
    text,
    blocks: JSON.parse(JSON.stringify(blocks)),
  });

/** The labels of the buttons, in order. */
export const labels = ({ blocks }: MessageBody): string[] =>
  blocks
    .flatMap((block) => (block.type === "actions" ? block.elements : []))
    .flatMap((element) => ("text" in element ? [element.text.text] : []));
