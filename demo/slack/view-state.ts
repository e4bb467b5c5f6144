import { elementsOf } from "./block-kit/rules.js";
import { isObject, type JsonObject, objectAt, objectsAt, textAt } from "./json.js";

const optionOf = (option: unknown): JsonObject | null => (isObject(option) ? option : null);
const wordOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const wordsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** By element type: the field of `state.values` that carries the value, and the initial value. */
const fields: Record<string, { readonly key: string; readonly initial: (element: JsonObject) => unknown }> = {
  plain_text_input: { key: "value", initial: (element) => wordOf(element.initial_value) },
  email_text_input: { key: "value", initial: (element) => wordOf(element.initial_value) },
  url_text_input: { key: "value", initial: (element) => wordOf(element.initial_value) },
  number_input: { key: "value", initial: (element) => wordOf(element.initial_value) },
  rich_text_input: { key: "rich_text_value", initial: (element) => element.initial_value ?? null },
  static_select: { key: "selected_option", initial: (element) => optionOf(element.initial_option) },
  external_select: { key: "selected_option", initial: (element) => optionOf(element.initial_option) },
  radio_buttons: { key: "selected_option", initial: (element) => optionOf(element.initial_option) },
  multi_static_select: { key: "selected_options", initial: (element) => objectsAt(element, "initial_options") },
  multi_external_select: { key: "selected_options", initial: (element) => objectsAt(element, "initial_options") },
  checkboxes: { key: "selected_options", initial: (element) => objectsAt(element, "initial_options") },
  users_select: { key: "selected_user", initial: (element) => wordOf(element.initial_user) },
  multi_users_select: { key: "selected_users", initial: (element) => wordsOf(element.initial_users) },
  channels_select: { key: "selected_channel", initial: (element) => wordOf(element.initial_channel) },
  multi_channels_select: { key: "selected_channels", initial: (element) => wordsOf(element.initial_channels) },
  conversations_select: {
    key: "selected_conversation",
    initial: (element) => wordOf(element.initial_conversation),
  },
  multi_conversations_select: {
    key: "selected_conversations",
    initial: (element) => wordsOf(element.initial_conversations),
  },
  datepicker: { key: "selected_date", initial: (element) => wordOf(element.initial_date) },
  timepicker: { key: "selected_time", initial: (element) => wordOf(element.initial_time) },
  datetimepicker: { key: "selected_date_time", initial: (element) => element.initial_date_time ?? null },
};

/** The key of an element's value; undefined for elements without a value, such as buttons. */
export function valueKey(element: JsonObject): string | undefined {
  return fields[String(element.type)]?.key;
}

/**
 * `state.values` of a new view: initial values, or null and empty lists. Values of `before` stay under the same ids.
 */
export function initialValues(blocks: readonly JsonObject[], before: JsonObject = {}): JsonObject {
  const values: JsonObject = {};
  for (const block of blocks) {
    const blockId = textAt(block, "block_id") ?? "";
    for (const element of elementsOf(block)) {
      const field = fields[String(element.type)];
      const actionId = textAt(element, "action_id") ?? "";
      if (field === undefined) continue;
      const kept = objectAt(before, blockId)[actionId];
      const initial = { type: element.type, [field.key]: field.initial(element) };
      const stays = isObject(kept) && kept.type === element.type;
      values[blockId] = { ...objectAt(values, blockId), [actionId]: stays ? kept : initial };
    }
  }
  return values;
}
