import { isObject, type JsonObject, objectAt, objectsAt, textAt } from "./json.js";

/** The value of a field: one text or value, or several. */
export type Value = string | readonly string[];

const MANY = /^(multi_|checkboxes)/;

/** Reports whether the field holds several values. */
export const takesMany = (element: JsonObject): boolean => MANY.test(String(element.type));

/** The value of a field in `state.values` of a view. */
export function valueIn(values: JsonObject, block: string, action: string, element: JsonObject): Value {
  const state = objectAt(objectAt(values, block), action);
  const found = Object.entries(state).find(([key, value]) => key !== "type" && value !== null)?.[1];
  if (takesMany(element)) return Array.isArray(found) ? found.map(wordOf) : [];
  return found === undefined ? "" : wordOf(found);
}

const wordOf = (value: unknown): string => (isObject(value) ? (textAt(value, "value") ?? "") : String(value));

/** One choice of a menu or list. */
export interface Option {
  readonly value: string;
  readonly text: string;
  readonly description: string;
}

/** The options of a menu or list, including those in groups. */
export function optionsOf(element: JsonObject): readonly Option[] {
  const grouped = objectsAt(element, "option_groups").flatMap((group) => objectsAt(group, "options"));
  return [...objectsAt(element, "options"), ...grouped].map((option) => ({
    value: textAt(option, "value") ?? "",
    text: textAt(option.text, "text") ?? "",
    description: textAt(option.description, "text") ?? "",
  }));
}
