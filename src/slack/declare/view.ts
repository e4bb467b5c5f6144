import type {
  Checkboxes,
  InputBlock,
  KnownBlock,
  ModalView,
  MultiStaticSelect,
  PlainTextElement,
  PlainTextOption,
} from "@slack/types";
import { bypassName } from "../../domain/bypass/number.js";
import { durationChoices } from "../../domain/policy/durations.js";
import type { Gate, Path, Policy } from "../../domain/policy/policy.js";
import { ACTIONS, VIEWS } from "../ids.js";
import { escapeTo, joinWithin, plain, truncate } from "../text/escape.js";
import { roleMention, roleName } from "../text/mentions.js";
import { fieldBlock } from "./fields.js";
import { writeMetadata } from "./metadata.js";

/** Slack's bounds: text of an option and its description; choices of checkboxes; markup of one block. */
const OPTION_MAX = 75;
const MOST_CHECKBOXES = 10;
const MARKUP_MAX = 2900;
const REASON_MAX = 3000;
const TARGET_MAX = 200;
const INCIDENT_MAX = 80;

/** What stands in the modal when it is drawn. */
export interface Draft {
  readonly path: string;
  readonly gates: readonly string[];
  readonly target: string;
  readonly incident: string;
  readonly reason: string;
  /** `null`: as long as the path allows. */
  readonly duration: string | null;
  readonly again: number | null;
}

export const emptyDraft = (path: string): Draft => ({
  path,
  gates: [],
  target: "",
  incident: "",
  reason: "",
  duration: null,
  again: null,
});

/** The declare modal for one of the paths that are open to the person; `null` when the policy has no such path. */
export function declareView(policy: Policy, openPaths: readonly string[], draft: Draft): ModalView | null {
  const path = policy.paths[draft.path];
  if (path === undefined) return null;
  const single = openPaths.length === 1;
  return {
    type: "modal",
    callback_id: VIEWS.declare,
    private_metadata: writeMetadata({ path: single ? path.id : null, again: draft.again }),
    title: words("Break Glass"),
    submit: words("Break Glass"),
    close: words("Cancel"),
    blocks: [
      ...follows(draft.again),
      ...whenToUse(path),
      ...(single ? [] : [pathInput(policy, openPaths, path)]),
      gatesInput(policy, path, draft.gates),
      ...insteads(policy, path),
      targetInput(draft.target),
      incidentInput(path, draft.incident),
      reasonInput(draft.reason),
      durationInput(path, draft.duration),
      whoIsAsked(policy, path),
      ...neverBypassed(policy),
    ],
  };
}

const words = (text: string): PlainTextElement => ({ type: "plain_text", text, emoji: false });

const option = (text: string, value: string): PlainTextOption => ({
  text: words(truncate(plain(text), OPTION_MAX)),
  value,
});

function markup(id: string, text: string): KnownBlock {
  return { type: "section", block_id: id, text: { type: "mrkdwn", text: truncate(text, MARKUP_MAX), verbatim: true } };
}

function small(id: string, text: string): KnownBlock {
  return {
    type: "context",
    block_id: id,
    elements: [{ type: "mrkdwn", text: truncate(text, MARKUP_MAX), verbatim: true }],
  };
}

function follows(again: number | null): KnownBlock[] {
  if (again === null) return [];
  return [markup("again", `This follows *${bypassName(again)}* and is a bypass of its own.`)];
}

function whenToUse(path: Path): KnownBlock[] {
  return path.when === null ? [] : [markup("when", `*Use this path when:* ${escapeTo(path.when, 2500)}`)];
}

function pathInput(policy: Policy, openPaths: readonly string[], path: Path): InputBlock {
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

function gateOption(policy: Policy, id: string): PlainTextOption {
  const gate = policy.gates[id];
  const made = option(gate?.title ?? id, id);
  const instead = gate?.instead ?? null;
  return instead === null ? made : { ...made, description: words(truncate(`Instead: ${plain(instead)}`, OPTION_MAX)) };
}

function gatesInput(policy: Policy, path: Path, chosen: readonly string[]): InputBlock {
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
    hint: words("Only the gates that stand in the way. Each one counts in its own reading."),
    element,
  };
}

/** What to do instead of a gate, in full where the option had to cut it. */
function insteads(policy: Policy, path: Path): KnownBlock[] {
  const cut = path.gates.flatMap((id) => {
    const gate = policy.gates[id];
    return gate?.instead != null && `Instead: ${plain(gate.instead)}`.length > OPTION_MAX
      ? [insteadOf(gate, gate.instead)]
      : [];
  });
  return cut.length === 0 ? [] : [small(`insteads:${path.id}`, joinWithin(cut, MARKUP_MAX, "\n"))];
}

const insteadOf = (gate: Gate, instead: string): string =>
  `Instead of *${escapeTo(gate.title, 200)}*: ${escapeTo(instead, 1200)}`;

function targetInput(typed: string): InputBlock {
  return {
    type: "input",
    block_id: fieldBlock("target", ""),
    label: words("Target"),
    hint: words(
      "What the gates are skipped for: a pull request or commit (its address, or owner/repo#123), service:name, db:name, or a few words.",
    ),
    element: { type: "plain_text_input", action_id: "target", max_length: TARGET_MAX, ...initially(typed) },
  };
}

function incidentInput(path: Path, typed: string): InputBlock {
  const form = path.incidentPattern === null ? "" : ` Its form: ${path.incidentPattern}`;
  return {
    type: "input",
    block_id: fieldBlock("incident", path.id),
    label: words("Incident"),
    optional: !path.requires.incidentId,
    hint: words(`The id of the open incident.${form}`),
    element: { type: "plain_text_input", action_id: "incident", max_length: INCIDENT_MAX, ...initially(typed) },
  };
}

function reasonInput(typed: string): InputBlock {
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
      max_length: REASON_MAX,
      ...initially(typed),
    },
  };
}

function durationInput(path: Path, chosen: string | null): InputBlock {
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

function whoIsAsked(policy: Policy, path: Path): KnownBlock {
  if (!path.requires.secondPersonAck) {
    return small(
      `asked:${path.id}`,
      "*This path asks for no second person.* It opens at once, and the alert says that nobody approved it.",
    );
  }
  const called = joinWithin(
    path.whoCanAck.map((role) => `${roleMention(policy, role)} (${roleName(role)})`),
    1200,
    ", ",
  );
  const later = [...(path.page === null ? [] : [path.page]), ...path.ack.escalate.map((rung) => rung.page)];
  const paged = later.length === 0 ? "" : ` Paged: ${[...new Set(later)].map(roleName).join(", ")}.`;
  const count = path.ack.needed === 1 ? "One other person" : `${path.ack.needed} other persons`;
  return small(`asked:${path.id}`, `*Who will be asked:* ${called}. ${count} must approve.${paged}`);
}

function neverBypassed(policy: Policy): KnownBlock[] {
  const barred = Object.values(policy.gates).filter((gate) => gate.neverBypass !== null);
  if (barred.length === 0) return [];
  const lines = barred.map((gate) => `*${escapeTo(gate.title, 200)}*: ${escapeTo(gate.neverBypass ?? "", 700)}`);
  return [small("never", `Never bypassed, whatever happens:\n${joinWithin(lines, MARKUP_MAX - 60, "\n")}`)];
}
