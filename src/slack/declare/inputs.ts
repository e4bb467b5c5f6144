import type { Checkboxes, InputBlock, MultiStaticSelect, PlainTextElement, PlainTextOption } from "@slack/types";
import { MAX_TEXT } from "../../domain/bypass/decide/texts.js";
import { MAX_TARGET } from "../../domain/bypass/target.js";
import { durationChoices } from "../../domain/policy/durations.js";
import { INCIDENT_ID_MAX } from "../../domain/policy/patterns.js";
import type { Path, Policy } from "../../domain/policy/policy.js";
import { ACTIONS } from "../actions.js";
import { plain, truncate } from "../block-kit/escape.js";
import { fieldBlock } from "./fields.js";

/** Slack's bounds: text of an option and its description; choices of checkboxes. */
export const OPTION_MAX = 75;
const MOST_CHECKBOXES = 10;

export const words = (text: string): PlainTextElement => ({ type: "plain_text", text, emoji: false });

const option = (text: string, value: string): PlainTextOption => ({
  text: words(truncate(plain(text), OPTION_MAX)),
  value,
});

export function pathInput(policy: Policy, openPaths: readonly string[], path: Path): InputBlock {
  const options = openPaths.map((id) => option(policy.paths[id]?.title ?? id, id));
  return {
    type: "input",
    block_id: fieldBlock("path", path.id),
    label: words("Path"),
    dispatch_action: true,
    element: {
      type: "static_select",
      action_id: ACTIONS.declarePath,
      options,
      initial_option: option(path.title, path.id),
    },
  };
}

/** What an option says of the way round the gate; more than {@link OPTION_MAX} of it is cut. */
export const insteadWords = (instead: string): string => `Instead: ${plain(instead)}`;

function gateOption(policy: Policy, id: string): PlainTextOption {
  const gate = policy.gates[id];
  const made = option(gate?.title ?? id, id);
  const instead = gate?.instead ?? null;
  return instead === null ? made : { ...made, description: words(truncate(insteadWords(instead), OPTION_MAX)) };
}

export function gatesInput(policy: Policy, path: Path, chosen: readonly string[]): InputBlock {
  const options = path.gates.map((id) => gateOption(policy, id));
  const initial = options.filter((made) => made.value !== undefined && chosen.includes(made.value));
  const content = { action_id: "gates", options, ...(initial.length === 0 ? {} : { initial_options: initial }) };
  const element: Checkboxes | MultiStaticSelect =
    options.length <= MOST_CHECKBOXES
      ? { type: "checkboxes", ...content }
      : { type: "multi_static_select", ...content };
  return {
    type: "input",
    block_id: fieldBlock("gates", path.id),
    label: words("Gates"),
    hint: words("Only the gates that stand in the way."),
    element,
  };
}

export function targetInput(typed: string): InputBlock {
  return {
    type: "input",
    block_id: fieldBlock("target", ""),
    label: words("Target"),
    hint: words(
      "What the gates are skipped for: a pull request or commit (its address, or owner/repo#123), service:name, db:name, or a few words.",
    ),
    element: { type: "plain_text_input", action_id: "target", max_length: MAX_TARGET, ...initially(typed) },
  };
}

export function incidentInput(path: Path, typed: string, drill: boolean): InputBlock {
  const which = drill
    ? "The id of an incident to rehearse with, such as one of a past incident."
    : "The id of the open incident.";
  const format = path.incidentPattern === null ? "" : ` Format: ${path.incidentPattern}`;
  return {
    type: "input",
    block_id: fieldBlock("incident", path.id),
    label: words("Incident"),
    optional: !path.requires.incidentId,
    hint: words(`${which}${format}`),
    element: { type: "plain_text_input", action_id: "incident", max_length: INCIDENT_ID_MAX, ...initially(typed) },
  };
}

export function reasonInput(typed: string): InputBlock {
  return {
    type: "input",
    block_id: fieldBlock("reason", ""),
    label: words("Reason"),
    hint: words(
      "What is broken and why it cannot wait. It stands in the alert and goes on record for good: no passwords, tokens or customer data.",
    ),
    element: {
      type: "plain_text_input",
      action_id: "reason",
      multiline: true,
      max_length: MAX_TEXT,
      ...initially(typed),
    },
  };
}

export function durationInput(path: Path, chosen: string | null): InputBlock {
  const choices = durationChoices(path.expiresAfterSeconds);
  const longest = choices.at(-1) ?? "";
  const initial = chosen !== null && choices.includes(chosen) ? chosen : longest;
  return {
    type: "input",
    block_id: fieldBlock("duration", path.id),
    label: words("Duration"),
    hint: words(
      `Counted from the ${path.requires.secondPersonAck ? "approval" : "declaration"}. It cannot be extended; you can break glass again.`,
    ),
    element: {
      type: "static_select",
      action_id: "duration",
      options: choices.map((choice) => option(choice, choice)),
      initial_option: option(initial, initial),
    },
  };
}

const initially = (typed: string): { initial_value?: string } => (typed === "" ? {} : { initial_value: typed });
