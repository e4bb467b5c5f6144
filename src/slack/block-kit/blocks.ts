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
 * The blocks that the bot sends. Builders cut what is over Slack's limits, because Slack refuses the whole message
 * otherwise; they do not escape: a caller passes untrusted text through `escapeTo`, or uses rich text.
 */

/** Plain text; `:name:` stays as it is typed and never becomes an emoji. */
export const plainText = (text: string): PlainTextElement => ({ type: "plain_text", text, emoji: false });

/** Markup; Slack makes no links of words that only look like an address or a channel. */
const mrkdwn = (text: string, max: number): MrkdwnElement => ({
  type: "mrkdwn",
  text: truncate(text, max),
  verbatim: true,
});

const named = (blockId: string | undefined): { block_id?: string } =>
  blockId === undefined ? {} : { block_id: blockId };

/** A paragraph of markup. */
export function section(text: string, blockId?: string): SectionBlock {
  return { type: "section", ...named(blockId), text: mrkdwn(text, LIMITS.sectionText) };
}

/** Labels with their values in two columns; values are markup. */
export function fields(pairs: readonly (readonly [label: string, value: string])[], blockId: string): SectionBlock {
  return {
    type: "section",
    block_id: blockId,
    fields: pairs.map(([label, value]) => mrkdwn(`*${label}*\n${value}`, LIMITS.fieldText)),
  };
}

/** A title in plain text. */
export function header(text: string, blockId?: string): HeaderBlock {
  return { type: "header", ...named(blockId), text: plainText(truncate(text, LIMITS.headerText)) };
}

/** A small grey line of markup. */
export function contextLine(text: string, blockId?: string): ContextBlock {
  return { type: "context", ...named(blockId), elements: [mrkdwn(text, LIMITS.contextText)] };
}

/** A small grey line in plain text. */
export function plainContextLine(text: string, blockId: string): ContextBlock {
  return { type: "context", block_id: blockId, elements: [plainText(truncate(text, LIMITS.contextText))] };
}

/** A horizontal line. */
export const divider = (): DividerBlock => ({ type: "divider" });

/** A row of buttons. */
export function actions(buttons: readonly Button[], blockId?: string): ActionsBlock {
  return { type: "actions", ...named(blockId), elements: [...buttons] };
}

/** One button as the table of actions describes it. */
export interface ButtonContent {
  readonly id: string;
  readonly label: string;
  readonly style?: "primary" | "danger";
  /** What travels back with the click. */
  readonly value?: string;
  /** What a screen reader says instead of the label, where the label alone does not tell what it is about. */
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

/** A modal. Without `submit` it only says something, and its way out reads Close instead of Cancel. */
export function modal(content: {
  readonly callbackId: string;
  readonly title: string;
  readonly submit?: string;
  /** Travels with the view and comes back with its submission. */
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
