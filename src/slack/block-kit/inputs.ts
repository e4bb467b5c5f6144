import type { InputBlock, PlainTextOption } from "@slack/types";
import { readDay } from "../../domain/calendar/days.js";
import { plainText } from "./blocks.js";
import { plain, truncate } from "./escape.js";
import { LIMITS } from "./limits.js";
import { USER_ID } from "./mentions.js";

/*
 * The inputs of the forms. Each block holds one element, so its block id identifies its value. Action ids are the same
 * everywhere, except for a menu that reports each change.
 *
 * Slack refuses a whole form for one initial value or option that it does not take, and some come from the database. So the
 * builders cut a text at its input's limit and leave out what is no account, no day, or too long for an option.
 */

const TYPED = "typed";
const CHOSEN = "chosen";

/** What every input has: the block id that identifies its value and errors, and the text around it. */
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

/** One option of a menu. Text is cut at Slack's limit and stripped of hidden characters. */
export function option(text: string, value: string, description?: string): PlainTextOption {
  const words = (content: string) => plainText(truncate(plain(content), LIMITS.optionText));
  return { text: words(text), value, ...(description === undefined ? {} : { description: words(description) }) };
}

/** The options that Slack takes: at most {@link LIMITS.options}, and none whose value is too long for it. */
export const sendable = (options: readonly PlainTextOption[]): PlainTextOption[] =>
  options.filter(({ value = "" }) => value !== "" && value.length <= LIMITS.optionValue).slice(0, LIMITS.options);

/** A text field; `max` is in UTF-16 code units. */
export function textInput(
  label: InputLabel,
  { max, multiline = false, initial = "" }: { max: number; multiline?: boolean; initial?: string },
): InputBlock {
  const shown = truncate(initial, max);
  return input(label, {
    type: "plain_text_input",
    action_id: TYPED,
    ...(multiline ? { multiline } : {}),
    max_length: max,
    ...(shown === "" ? {} : { initial_value: shown }),
  });
}

/** A menu with one choice. With `reportsTo`, Slack sends each change at once, under that action id. */
export function selectInput(
  label: InputLabel,
  choice: { options: PlainTextOption[]; initial: string | null; reportsTo?: string },
): InputBlock {
  const { options, initial, reportsTo } = choice;
  const block = input(label, {
    type: "static_select",
    action_id: reportsTo ?? CHOSEN,
    options,
    ...initialOption(options, initial),
  });
  return reportsTo === undefined ? block : { ...block, dispatch_action: true };
}

/** One choice, with all options visible. */
export function radioInput(label: InputLabel, options: PlainTextOption[], initial: string | null): InputBlock {
  return input(label, { type: "radio_buttons", action_id: CHOSEN, options, ...initialOption(options, initial) });
}

function initialOption(options: PlainTextOption[], value: string | null): { initial_option?: PlainTextOption } {
  const found = options.find((candidate) => candidate.value === value);
  return found === undefined ? {} : { initial_option: found };
}

/** A menu with any number of choices. Offers only what is {@link sendable}. */
export function multiSelectInput(
  label: InputLabel,
  choices: { options: readonly PlainTextOption[]; chosen: readonly string[]; placeholder?: string },
): InputBlock {
  const { placeholder } = choices;
  return input(label, {
    type: "multi_static_select",
    action_id: CHOSEN,
    ...(placeholder === undefined ? {} : { placeholder: plainText(placeholder) }),
    ...optionsWithInitial(sendable(choices.options), choices.chosen),
  });
}

/** Any number of choices, as checkboxes where Slack allows that many; otherwise as a menu. */
export function checkboxesInput(
  label: InputLabel,
  choices: { options: readonly PlainTextOption[]; chosen: readonly string[] },
): InputBlock {
  if (choices.options.length > LIMITS.checkboxes) return multiSelectInput(label, choices);
  return input(label, {
    type: "checkboxes",
    action_id: CHOSEN,
    ...optionsWithInitial(choices.options, choices.chosen),
  });
}

function optionsWithInitial(all: readonly PlainTextOption[], chosen: readonly string[]) {
  const options = [...all];
  const initial = options.filter(({ value }) => value !== undefined && chosen.includes(value));
  return { options, ...(initial.length === 0 ? {} : { initial_options: initial }) };
}

/** A menu of the people in the workspace. */
export function userInput(label: InputLabel, initial: string | null = null): InputBlock {
  return input(label, {
    type: "users_select",
    action_id: CHOSEN,
    ...(initial === null || !USER_ID.test(initial) ? {} : { initial_user: initial }),
  });
}

/** A date picker; the value is `YYYY-MM-DD`. */
export function dateInput(label: InputLabel, initial: string | null = null): InputBlock {
  return input(label, {
    type: "datepicker",
    action_id: CHOSEN,
    ...(initial === null || readDay(initial) === null ? {} : { initial_date: initial }),
  });
}
