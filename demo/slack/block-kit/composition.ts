import { byType, type Check, flag, list, object, oneOf, pick, text } from "./check.js";

const textKinds = (max: number): Record<string, Check> => ({
  plain_text: object({ required: { text: text(max, 1) }, optional: { emoji: flag } }),
  mrkdwn: object({ required: { text: text(max, 1) }, optional: { verbatim: flag } }),
});

/** A text object of either kind. */
export const anyText = (max: number): Check => byType(textKinds(max));
/** A text object where Slack accepts no markup. */
export const plainText = (max: number): Check => byType(pick(textKinds(max), ["plain_text"]));

/** A confirmation dialog. */
export const confirm: Check = object({
  required: { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  optional: { style: oneOf("primary", "danger") },
});

const option = (label: Check, value: Check): Check =>
  object({ required: { text: label, value }, optional: { description: anyText(75) } });

/** An option of a select menu: plain text only. */
export const menuOption: Check = option(plainText(75), text(75, 1));
/** An option of radio buttons or checkboxes: markup allowed. */
export const boxOption: Check = option(anyText(75), text(75, 1));
/** An option of an overflow menu; may carry a link. */
export const overflowOption: Check = object({
  required: { text: plainText(75), value: text(75, 1) },
  optional: { description: plainText(75), url: text(3000) },
});
/** A labelled group of options of a select menu. */
export const optionGroup: Check = object({
  required: { label: plainText(75), options: list(menuOption, 100) },
});
/** Which changes of an input are sent to the app at once. */
export const dispatchConfig: Check = object({
  optional: { trigger_actions_on: list(oneOf("on_enter_pressed", "on_character_entered"), 2) },
});
/** Which conversations a menu offers. */
export const conversationFilter: Check = object({
  optional: {
    include: list(oneOf("im", "mpim", "private", "public"), 4),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
});
