import { elementsOf } from "./block-kit/rules.js";
import { type JsonObject, objectAt, textAt } from "./json.js";
import { PersonCannot } from "./payloads.js";
import { findOption, labelOf } from "./press.js";
import type { Block, OpenView } from "./types.js";
import { valueKey } from "./view-state.js";

/** One thing to fill in on a view. */
export interface Field {
  readonly label: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly element: JsonObject;
  readonly required: boolean;
  /** A change is told to the app at once. */
  readonly dispatches: boolean;
}

function fieldsOf(block: Block): Field[] {
  const isInput = block.type === "input";
  return elementsOf(block)
    .filter((element) => valueKey(element) !== undefined)
    .map((element) => ({
      label: (isInput ? textAt(block.label, "text") : (textAt(block.text, "text") ?? labelOf(element))) ?? "",
      blockId: textAt(block, "block_id") ?? "",
      actionId: textAt(element, "action_id") ?? "",
      element,
      required: isInput && block.optional !== true,
      dispatches: !isInput || block.dispatch_action === true,
    }));
}

/** All fields of a view, from top to bottom. */
export function fields(view: OpenView): Field[] {
  return view.blocks.flatMap(fieldsOf);
}

/** The field with this label (or action id). */
export function fieldNamed(view: OpenView, label: string): Field | undefined {
  const all = fields(view);
  return all.find((field) => field.label === label) ?? all.find((field) => field.actionId === label);
}

function typed(element: JsonObject, value: string): string | null {
  const max = element.max_length;
  if (typeof max === "number" && value.length > max)
    throw new PersonCannot(`The field takes ${max} characters at most.`);
  if (element.type === "number_input" && value !== "" && Number.isNaN(Number(value))) {
    throw new PersonCannot(`"${value}" is not a number, and the field takes nothing else.`);
  }
  return value === "" ? null : value;
}

/** What `state.values` holds once a person has put `value` into the field. */
export function stateOf(field: Field, value: string | readonly string[]): JsonObject {
  const { element } = field;
  const key = valueKey(element) ?? "value";
  const many = typeof value === "string" ? (value === "" ? [] : [value]) : value;
  const single = typeof value === "string" ? value : (value[0] ?? "");
  const base = { type: element.type };
  if (key === "value") return { ...base, value: typed(element, single) };
  if (key === "selected_option") return { ...base, [key]: single === "" ? null : findOption(element, single) };
  if (key === "selected_options")
    return { ...base, [key]: atMost(element, many).map((one) => findOption(element, one)) };
  if (key === "rich_text_value") return { ...base, [key]: richText(single) };
  if (key === "selected_date_time") return { ...base, [key]: single === "" ? null : Number(single) };
  return { ...base, [key]: key.endsWith("s") ? atMost(element, many) : single === "" ? null : single };
}

function atMost(element: JsonObject, chosen: readonly string[]): readonly string[] {
  const max = element.max_selected_items;
  if (typeof max === "number" && chosen.length > max) throw new PersonCannot(`The menu takes ${max} choices at most.`);
  return chosen;
}

function richText(text: string): JsonObject | null {
  if (text === "") return null;
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

/** Why Slack's client would not send the form: required fields that are empty, text that is too short. */
export function clientRefusals(view: OpenView): string[] {
  return fields(view).flatMap((field) => {
    const state = objectAt(objectAt(view.values, field.blockId), field.actionId);
    const value = state[valueKey(field.element) ?? "value"];
    const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
    if (empty) return field.required ? [`${field.label}: required`] : [];
    const min = field.element.min_length;
    const short = typeof value === "string" && typeof min === "number" && value.length < min;
    return short ? [`${field.label}: at least ${min} characters`] : [];
  });
}
