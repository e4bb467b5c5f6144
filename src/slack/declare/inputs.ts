import type { InputBlock, PlainTextOption } from "@slack/types";
import { MAX_TARGET, targetsInWords } from "../../domain/bypass/target.js";
import { MAX_TEXT } from "../../domain/decisions/texts.js";
import { INCIDENT_MAX } from "../../domain/events/bounds.js";
import { durationChoices } from "../../domain/policy/durations.js";
import type { Path, Policy } from "../../domain/policy/policy.js";
import { BUTTONS } from "../actions.js";
import { plain } from "../block-kit/escape.js";
import { checkboxesInput, option, selectInput, textInput } from "../block-kit/inputs.js";
import { fieldBlock } from "./fields.js";

export function pathInput(policy: Policy, openPaths: readonly string[], path: Path): InputBlock {
  const { id: reportsTo, label } = BUTTONS.declarePath;
  const options = openPaths.map((id) => option(policy.paths[id]?.title ?? id, id));
  return selectInput({ block: fieldBlock("path", path.id), label }, { options, initial: path.id, reportsTo });
}

/** The description of a gate's option: what to do instead of skipping it. The option cuts it at Slack's limit. */
export const insteadWords = (instead: string): string => `Instead: ${plain(instead)}`;

function gateOption(policy: Policy, id: string): PlainTextOption {
  const gate = policy.gates[id];
  const instead = gate?.instead ?? null;
  return option(gate?.title ?? id, id, instead === null ? undefined : insteadWords(instead));
}

export function gatesInput(policy: Policy, path: Path, chosen: readonly string[]): InputBlock {
  return checkboxesInput(
    { block: fieldBlock("gates", path.id), label: "Gates", hint: "Only the gates that stand in the way." },
    { options: path.gates.map((id) => gateOption(policy, id)), chosen },
  );
}

export function targetInput({ target }: Path, typed: string): InputBlock {
  return textInput(
    {
      block: fieldBlock("target", ""),
      label: "Target",
      hint: `What the gates are skipped for: ${targetsInWords(target)}.`,
    },
    { max: MAX_TARGET, initial: typed },
  );
}

export function incidentInput(path: Path, typed: string, drill: boolean): InputBlock {
  const which = drill
    ? "The id of an incident to rehearse with, such as one of a past incident."
    : "The id of the open incident.";
  const format = path.incidentPattern === null ? "" : ` Format: ${path.incidentPattern}`;
  return textInput(
    {
      block: fieldBlock("incident", path.id),
      label: "Incident",
      hint: `${which}${format}`,
      optional: !path.requires.incidentId,
    },
    { max: INCIDENT_MAX, initial: typed },
  );
}

export function reasonInput(typed: string): InputBlock {
  return textInput(
    {
      block: fieldBlock("reason", ""),
      label: "Reason",
      hint: "What is broken and why it cannot wait. It stands in the alert and goes on record for good: no passwords, tokens or customer data.",
    },
    { max: MAX_TEXT, multiline: true, initial: typed },
  );
}

export function durationInput(path: Path, chosen: string | null): InputBlock {
  const choices = durationChoices(path.expiresAfterSeconds);
  const longest = choices.at(-1) ?? "";
  return selectInput(
    {
      block: fieldBlock("duration", path.id),
      label: "Duration",
      hint: `Counted from the ${path.requires.secondPersonAck ? "approval" : "declaration"}. It cannot be extended; you can break glass again.`,
    },
    {
      options: choices.map((choice) => option(choice, choice)),
      initial: chosen !== null && choices.includes(chosen) ? chosen : longest,
    },
  );
}
