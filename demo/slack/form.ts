import { elementsOf } from "./block-kit/rules.js";
import { type JsonObject, objectAt, textAt } from "./json.js";
import { PersonCannot } from "./payloads.js";
import { findOption, labelOf } from "./press.js";
import type { Block, OpenView } from "./types.js";
import { valueKey } from "./view-state.js";

/** A field of a view. */
export interface Field {
  readonly label: string;
  readonly blockId: string;
  readonly actionId: string;
  readonly element: JsonObject;
  readonly required: boolean;
  /** A change is sent to the app at once. */
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

/** The field's entry in `state.values` after a person has entered `value`. */
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

/** Thrown because Slack's client does not send a form with an empty required field or a text that is too short. */
export class FormNotSent extends PersonCannot {
  /** What each field lacks, by block id. */
  readonly lacking: Readonly<Record<string, string>>;

  constructor(refusals: readonly { readonly field: Field; readonly lacks: string }[]) {
    const problems = refusals.map(({ field, lacks }) => `${field.label}: ${lacks}`).join("; ");
    super(`Slack's client does not send the form: ${problems}.`);
    this.lacking = Object.fromEntries(refusals.map(({ field, lacks }) => [field.blockId, lacks]));
  }
}

/** @throws FormNotSent when Slack's client would not send the form. */
export function checkAsClient(view: OpenView): void {
  const refusals = fields(view).flatMap((field) => {
    const lacks = lacksWhat(view, field);
    return lacks === null ? [] : [{ field, lacks }];
  });
  if (refusals.length > 0) throw new FormNotSent(refusals);
}

function lacksWhat(view: OpenView, { blockId, actionId, element, required }: Field): string | null {
  const state = objectAt(objectAt(view.values, blockId), actionId);
  const value = state[valueKey(element) ?? "value"];
  const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  if (empty) return required ? "required" : null;
  const min = element.min_length;
  return typeof value === "string" && typeof min === "number" && value.length < min
    ? `at least ${min} characters`
    : null;
}

/** The field with these ids. */
export function fieldAt(view: OpenView, blockId: string, actionId: string): Field | undefined {
  return fields(view).find((field) => field.blockId === blockId && field.actionId === actionId);
}
