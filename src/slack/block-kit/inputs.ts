import type { InputBlock, PlainTextOption } from "@slack/types";
import { plainText } from "./blocks.js";
import { plain, truncate } from "./escape.js";
import { LIMITS } from "./limits.js";

/*
 * The inputs of the forms. Each block holds one element, so a value is found by its block id; the action ids are the
 * same everywhere, but for a menu that reports each change.
 */

const TYPED = "typed";
const CHOSEN = "chosen";

/** What every input has: the block id by which its value and its errors are found, and the words around it. */
export interface InputLabel {
  readonly block: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
}

function input({ block, label, hint, optional }: InputLabel, element: InputBlock["element"]): InputBlock {
  return {
    type: "input",
    block_id: block,
    ...(optional === true ? { optional } : {}),
    label: plainText(label),
    ...(hint === undefined ? {} : { hint: plainText(hint) }),
    element,
  };
}

/** One choice of a menu; untrusted text is cut and stripped of hidden characters. */
export function option(text: string, value: string, description?: string): PlainTextOption {
  const words = (content: string) => plainText(truncate(plain(content), LIMITS.optionText));
  return { text: words(text), value, ...(description === undefined ? {} : { description: words(description) }) };
}

/** A text; `max` in code units. */
export function textInput(
  label: InputLabel,
  { max, multiline = false, initial = "" }: { max: number; multiline?: boolean; initial?: string },
): InputBlock {
  return input(label, {
    type: "plain_text_input",
    action_id: TYPED,
    ...(multiline ? { multiline } : {}),
    max_length: max,
    ...(initial === "" ? {} : { initial_value: initial }),
  });
}

/** A menu of one choice. With `reportsTo` each change is sent at once, under that action id. */
export function selectInput(
  label: InputLabel,
  choice: { options: PlainTextOption[]; initial: string | null; reportsTo?: string },
): InputBlock {
  const { options, initial, reportsTo } = choice;
  const block = input(label, {
    type: "static_select",
    action_id: reportsTo ?? CHOSEN,
    options,
    ...initially(options, initial),
  });
  return reportsTo === undefined ? block : { ...block, dispatch_action: true };
}

/** One choice, with all of them in sight. */
export function radioInput(label: InputLabel, options: PlainTextOption[], initial: string | null): InputBlock {
  return input(label, { type: "radio_buttons", action_id: CHOSEN, options, ...initially(options, initial) });
}

function initially(options: PlainTextOption[], value: string | null): { initial_option?: PlainTextOption } {
  const found = options.find((one) => one.value === value);
  return found === undefined ? {} : { initial_option: found };
}

/** Any number of choices in a menu; at most {@link LIMITS.options} are offered. */
export function multiSelectInput(
  label: InputLabel,
  choices: { options: readonly PlainTextOption[]; chosen: readonly string[]; placeholder?: string },
): InputBlock {
  const { placeholder } = choices;
  return input(label, {
    type: "multi_static_select",
    action_id: CHOSEN,
    ...(placeholder === undefined ? {} : { placeholder: plainText(placeholder) }),
    ...severalOf(choices.options.slice(0, LIMITS.options), choices.chosen),
  });
}

/** Any number of choices, with all of them in sight where Slack allows it; else a menu. */
export function checkboxesInput(
  label: InputLabel,
  choices: { options: readonly PlainTextOption[]; chosen: readonly string[] },
): InputBlock {
  if (choices.options.length > LIMITS.checkboxes) return multiSelectInput(label, choices);
  return input(label, { type: "checkboxes", action_id: CHOSEN, ...severalOf(choices.options, choices.chosen) });
}

function severalOf(all: readonly PlainTextOption[], chosen: readonly string[]) {
  const options = [...all];
  const initial = options.filter(({ value }) => value !== undefined && chosen.includes(value));
  return { options, ...(initial.length === 0 ? {} : { initial_options: initial }) };
}

/** A person of the workspace. */
export function userInput(label: InputLabel, initial: string | null = null): InputBlock {
  return input(label, {
    type: "users_select",
    action_id: CHOSEN,
    ...(initial === null ? {} : { initial_user: initial }),
  });
}

/** A day, as `YYYY-MM-DD`. */
export function dateInput(label: InputLabel, initial: string | null = null): InputBlock {
  return input(label, {
    type: "datepicker",
    action_id: CHOSEN,
    ...(initial === null ? {} : { initial_date: initial }),
  });
}
