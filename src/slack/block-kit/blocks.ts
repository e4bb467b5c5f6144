import type {
  ActionsBlock,
  Button,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  KnownBlock,
  ModalView,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from "@slack/types";
import { truncate } from "./escape.js";
import { LIMITS } from "./limits.js";

/*
 * The blocks that the bot sends. Builders cut text at Slack's limits, because Slack refuses a whole message that exceeds
 * one. They do not escape: pass untrusted text through `escapeTo`, or use rich text.
 */

/** Plain text. `:name:` stays as typed and never becomes an emoji. */
export const plainText = (text: string): PlainTextElement => ({ type: "plain_text", text, emoji: false });

/** Markup. Slack does not turn words that look like an address or a channel into links. */
const mrkdwn = (text: string, max: number): MrkdwnElement => ({
  type: "mrkdwn",
  text: truncate(text, max),
  verbatim: true,
});

const optionalBlockId = (blockId: string | undefined): { block_id?: string } =>
  blockId === undefined ? {} : { block_id: blockId };

/** A paragraph of markup. */
export function section(text: string, blockId?: string): SectionBlock {
  return { type: "section", ...optionalBlockId(blockId), text: mrkdwn(text, LIMITS.sectionText) };
}

/** Labels with their values, in two columns. Values are markup. */
export function fields(pairs: readonly (readonly [label: string, value: string])[], blockId: string): SectionBlock {
  return {
    type: "section",
    block_id: blockId,
    fields: pairs.map(([label, value]) => mrkdwn(`*${label}*\n${value}`, LIMITS.fieldText)),
  };
}

/** A title in plain text. */
export function header(text: string, blockId?: string): HeaderBlock {
  return { type: "header", ...optionalBlockId(blockId), text: plainText(truncate(text, LIMITS.headerText)) };
}

/** A small grey line of markup. */
export function contextLine(text: string, blockId?: string): ContextBlock {
  return { type: "context", ...optionalBlockId(blockId), elements: [mrkdwn(text, LIMITS.contextText)] };
}

/** A small grey line in plain text. */
export function plainContextLine(text: string, blockId: string): ContextBlock {
  return { type: "context", block_id: blockId, elements: [plainText(truncate(text, LIMITS.contextText))] };
}

/** A horizontal line. */
export const divider = (): DividerBlock => ({ type: "divider" });

/** A row of buttons. */
export function actions(buttons: readonly Button[], blockId?: string): ActionsBlock {
  return { type: "actions", ...optionalBlockId(blockId), elements: [...buttons] };
}

/** One button, as described in the table of actions. */
export interface ButtonContent {
  readonly id: string;
  readonly label: string;
  readonly style?: "primary" | "danger";
  /** Comes back with the click. */
  readonly value?: string;
  /** Read by a screen reader instead of the label, where the label alone does not say what the button is about. */
  readonly spoken?: string;
}

export function button({ id, label, style, value, spoken }: ButtonContent): Button {
  return {
    type: "button",
    action_id: id,
    text: plainText(truncate(label, LIMITS.buttonText)),
    ...(value === undefined ? {} : { value }),
    ...(style === undefined ? {} : { style }),
    ...(spoken === undefined ? {} : { accessibility_label: truncate(spoken, LIMITS.accessibilityLabel) }),
  };
}

/** A modal. Without `submit` it only shows text, and its close button reads Close instead of Cancel. */
export function modal(content: {
  readonly callbackId: string;
  readonly title: string;
  readonly submit?: string;
  /** Comes back with the submission of the view. */
  readonly metadata?: string;
  readonly blocks: KnownBlock[];
}): ModalView {
  const { callbackId, title, submit, metadata, blocks } = content;
  return {
    type: "modal",
    callback_id: callbackId,
    ...(metadata === undefined ? {} : { private_metadata: metadata }),
    title: plainText(truncate(title, LIMITS.viewTitle)),
    ...(submit === undefined ? {} : { submit: plainText(truncate(submit, LIMITS.viewTitle)) }),
    close: plainText(submit === undefined ? "Close" : "Cancel"),
    blocks,
  };
}
