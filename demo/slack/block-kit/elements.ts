import { isObject, type JsonObject } from "../json.js";
import { anything, type Check, flag, list, matching, object, oneOf, type Report, text, whole } from "./check.js";
import {
  boxOption,
  confirm,
  conversationFilter,
  dispatchConfig,
  menuOption,
  optionGroup,
  overflowOption,
  plainText,
} from "./composition.js";

const id = text(255, 1);
const placeholder = plainText(150);
const focusable = { action_id: id, focus_on_load: flag };
const menu = { ...focusable, placeholder, confirm };
const typed = { ...focusable, placeholder, dispatch_action_config: dispatchConfig };
const most = { max_selected_items: whole(1, 1000) };
const date = matching(/^\d{4}-\d{2}-\d{2}$/, "a date as YYYY-MM-DD");
const time = matching(/^([01]\d|2[0-3]):[0-5]\d$/, "a time as HH:mm");
const decimal = matching(/^-?\d+(\.\d+)?$/, "a number as text");

function sameOption(a: unknown, b: unknown): boolean {
  return isObject(a) && isObject(b) && a.value === b.value && JSON.stringify(a.text) === JSON.stringify(b.text);
}

function allOptions(element: JsonObject): unknown[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups : [];
  const grouped = groups.flatMap((group: unknown) =>
    isObject(group) && Array.isArray(group.options) ? group.options : [],
  );
  return [...(Array.isArray(element.options) ? element.options : []), ...grouped];
}

function knowsItsInitialOptions(element: JsonObject, at: string, report: Report): void {
  const several = element.initial_options;
  const initial: unknown[] = Array.isArray(several) ? several : [];
  const chosen = element.initial_option === undefined ? initial : [element.initial_option];
  const offered = allOptions(element);
  if (chosen.some((choice) => !offered.some((option) => sameOption(option, choice)))) {
    report("initial option(s) must exactly match one of the provided options", at);
  }
}

function oneSourceOfOptions(element: JsonObject, at: string, report: Report): void {
  const given = ["options", "option_groups"].filter((key) => element[key] !== undefined);
  if (given.length !== 1) report("must provide exactly one of options, option_groups", at);
  knowsItsInitialOptions(element, at, report);
}

const staticMenu = { ...menu, options: list(menuOption, 100), option_groups: list(optionGroup, 100) };

/** Everything that a person can press or fill in, by type. */
export const interactive: Readonly<Record<string, Check>> = {
  button: object({
    required: { text: plainText(75) },
    optional: {
      action_id: id,
      value: text(2000),
      url: text(3000),
      style: oneOf("primary", "danger"),
      confirm,
      accessibility_label: text(75),
    },
  }),
  overflow: object({ required: { options: list(overflowOption, 5) }, optional: { action_id: id, confirm } }),
  static_select: object({ optional: { ...staticMenu, initial_option: menuOption }, also: oneSourceOfOptions }),
  multi_static_select: object({
    optional: { ...staticMenu, ...most, initial_options: list(menuOption, 100) },
    also: oneSourceOfOptions,
  }),
  external_select: object({ optional: { ...menu, initial_option: menuOption, min_query_length: whole(0, 100) } }),
  multi_external_select: object({
    optional: { ...menu, ...most, initial_options: list(menuOption, 100), min_query_length: whole(0, 100) },
  }),
  users_select: object({ optional: { ...menu, initial_user: text(64, 1) } }),
  multi_users_select: object({ optional: { ...menu, ...most, initial_users: list(text(64, 1), 100, 0) } }),
  channels_select: object({ optional: { ...menu, initial_channel: text(64, 1), response_url_enabled: flag } }),
  multi_channels_select: object({ optional: { ...menu, ...most, initial_channels: list(text(64, 1), 100, 0) } }),
  conversations_select: object({
    optional: {
      ...menu,
      initial_conversation: text(64, 1),
      default_to_current_conversation: flag,
      response_url_enabled: flag,
      filter: conversationFilter,
    },
  }),
  multi_conversations_select: object({
    optional: {
      ...menu,
      ...most,
      initial_conversations: list(text(64, 1), 100, 0),
      default_to_current_conversation: flag,
      filter: conversationFilter,
    },
  }),
  checkboxes: object({
    required: { options: list(boxOption, 10) },
    optional: { ...focusable, confirm, initial_options: list(boxOption, 10) },
    also: knowsItsInitialOptions,
  }),
  radio_buttons: object({
    required: { options: list(boxOption, 10) },
    optional: { ...focusable, confirm, initial_option: boxOption },
    also: knowsItsInitialOptions,
  }),
  datepicker: object({ optional: { ...menu, initial_date: date } }),
  timepicker: object({ optional: { ...menu, initial_time: time, timezone: text(64, 1) } }),
  datetimepicker: object({
    optional: { ...focusable, confirm, initial_date_time: whole(1_000_000_000, 9_999_999_999) },
  }),
};

/** Elements that only an `input` block may hold. */
export const inputs: Readonly<Record<string, Check>> = {
  plain_text_input: object({
    optional: {
      ...typed,
      initial_value: text(3000),
      multiline: flag,
      min_length: whole(0, 3000),
      max_length: whole(1, 3000),
    },
  }),
  number_input: object({
    required: { is_decimal_allowed: flag },
    optional: { ...typed, initial_value: decimal, min_value: decimal, max_value: decimal },
  }),
  email_text_input: object({ optional: { ...typed, initial_value: text(3000) } }),
  url_text_input: object({ optional: { ...typed, initial_value: text(3000) } }),
  rich_text_input: object({
    optional: { ...typed, initial_value: anything, min_lines: whole(1, 100), max_lines: whole(1, 100) },
  }),
  file_input: object({
    optional: { action_id: id, filetypes: list(text(64, 1), 100), max_files: whole(1, 10) },
  }),
};

function oneImage(value: JsonObject, at: string, report: Report): void {
  const given = ["image_url", "slack_file"].filter((key) => value[key] !== undefined);
  if (given.length !== 1) report("must provide exactly one of image_url, slack_file", at);
}

const slackFile: Check = object({ optional: { id: text(64, 1), url: text(3000, 1) } });

/** A picture, as an element or (with a title) as a block. */
export const image = (optional: Readonly<Record<string, Check>> = {}): Check =>
  object({
    required: { alt_text: text(2000) },
    optional: { image_url: text(3000, 1), slack_file: slackFile, ...optional },
    also: oneImage,
  });
