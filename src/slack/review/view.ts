import type { ActionsBlock, Button, InputBlock, KnownBlock, ModalView, PlainTextOption } from "@slack/types";
import { MAX_TEXT } from "../../domain/bypass/decide/texts.js";
import { reviewName } from "../../domain/bypass/number.js";
import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/review/facts.js";
import type { ActionForm, ReviewForm } from "../../domain/review/form.js";
import { ACTIONS, VIEWS } from "../actions.js";
import { plain, truncate } from "../block-kit/escape.js";
import { words as bold, lines, richQuote, richSection, richText } from "../block-kit/rich-text.js";
import { gateTitle, type MessageContext } from "../messages/context.js";
import { drillLine } from "../messages/parts.js";
import { AFTERMATH_WORDS, FORCE_WORDS, VERDICT_WORDS } from "../messages/review.js";
import { actionBlocks, BLOCKS } from "./fields.js";
import { MOST_ROWS, writeMetadata } from "./metadata.js";
import { story } from "./story.js";

const OPTION_MAX = 75;
const MOST_OPTIONS = 100;

const words = (text: string) => ({ type: "plain_text", text, emoji: false }) as const;
const option = (text: string, value: string): PlainTextOption => ({
  text: words(truncate(plain(text), OPTION_MAX)),
  value,
});
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The form of a review: the story first, then few questions. `form` is what stands in it; `aside` is what this person had
 * written for an edition that somebody else was faster with.
 */
export function reviewView(context: MessageContext, form: ReviewForm, aside: string | null = null): ModalView {
  const { n } = context.record;
  const rows = Math.min(MOST_ROWS, Math.max(1, form.actions.length));
  return {
    type: "modal",
    callback_id: VIEWS.review,
    private_metadata: writeMetadata({ n, edition: form.edition, rows }),
    title: words(`Review ${reviewName(n)}`.slice(0, 24)),
    submit: words(form.edition === 0 ? "Submit Review" : "Amend Review"),
    close: words("Cancel"),
    blocks: [
      ...drillLine(context),
      ...story(context),
      ...overtaken(aside),
      blameless(),
      verdict(form),
      ...gatesAtFault(context, form),
      choice(
        BLOCKS.forcedBy,
        "What Forced It",
        FORCES.map((one) => option(capital(FORCE_WORDS[one]), one)),
        form.forcedBy,
      ),
      choice(
        BLOCKS.aftermath,
        "The Skipped Check",
        AFTERMATHS.map((one) => option(capital(AFTERMATH_WORDS[one]), one)),
        form.aftermath,
      ),
      lesson(form.lesson),
      ...Array.from({ length: rows }, (_, index) => actionRow(index, form.actions[index])).flat(),
      buttons(rows),
    ],
  };
}

function overtaken(aside: string | null): KnownBlock[] {
  if (aside === null) return [];
  const head = richSection(bold("What you had written when somebody else handed theirs in", { bold: true }));
  return [richText("overtaken", head, richQuote(lines(aside, MAX_TEXT)))];
}

function blameless(): KnownBlock {
  return {
    type: "context",
    block_id: "blameless",
    elements: [
      words(
        "Blameless: write about the event and the gates, never about a person. What you submit stands in the trail for good; it can be amended.",
      ),
    ],
  };
}

function verdict(form: ReviewForm): InputBlock {
  const options = VERDICTS.map((one) => option(VERDICT_WORDS[one], one));
  const chosen = options.find(({ value }) => value === form.verdict);
  return {
    type: "input",
    block_id: BLOCKS.verdict,
    label: words("Verdict"),
    element: {
      type: "radio_buttons",
      action_id: "chosen",
      options,
      ...(chosen === undefined ? {} : { initial_option: chosen }),
    },
  };
}

function gatesAtFault(context: MessageContext, form: ReviewForm): InputBlock[] {
  const options = context.record.state.gates
    .slice(0, MOST_OPTIONS)
    .map((gate) => option(gateTitle(context.policy, gate), gate));
  const chosen = options.filter(({ value }) => value !== undefined && form.gatesAtFault.includes(value));
  return [
    {
      type: "input",
      block_id: BLOCKS.gatesAtFault,
      optional: true,
      label: words("Gates at Fault"),
      hint: words("Only with the verdict gate at fault: which of them."),
      element: {
        type: "multi_static_select",
        action_id: "chosen",
        placeholder: words("None"),
        options,
        ...(chosen.length === 0 ? {} : { initial_options: chosen }),
      },
    },
  ];
}

function choice(block: string, label: string, options: PlainTextOption[], value: string | null): InputBlock {
  const chosen = options.find((one) => one.value === value);
  return {
    type: "input",
    block_id: block,
    label: words(label),
    element: {
      type: "static_select",
      action_id: "chosen",
      options,
      ...(chosen === undefined ? {} : { initial_option: chosen }),
    },
  };
}

function lesson(text: string): InputBlock {
  return {
    type: "input",
    block_id: BLOCKS.lesson,
    label: words("What We Learned"),
    hint: words("What would have made this bypass unnecessary?"),
    element: {
      type: "plain_text_input",
      action_id: "typed",
      multiline: true,
      max_length: MAX_TEXT,
      ...(text === "" ? {} : { initial_value: text }),
    },
  };
}

/** What, who and by when; all three are left empty where nothing is to be done. */
function actionRow(index: number, action: ActionForm | undefined): InputBlock[] {
  const blocks = actionBlocks(index);
  const number = index === 0 ? "" : ` ${index + 1}`;
  const text = action?.what ?? "";
  return [
    {
      type: "input",
      block_id: blocks.what,
      optional: true,
      label: words(`Action${number}`),
      element: {
        type: "plain_text_input",
        action_id: "typed",
        max_length: 500,
        ...(text === "" ? {} : { initial_value: text }),
      },
    },
    {
      type: "input",
      block_id: blocks.owner,
      optional: true,
      label: words(`Owner${number}`),
      element: {
        type: "users_select",
        action_id: "chosen",
        ...(action?.owner == null ? {} : { initial_user: action.owner }),
      },
    },
    {
      type: "input",
      block_id: blocks.due,
      optional: true,
      label: words(`Due${number}`),
      element: {
        type: "datepicker",
        action_id: "chosen",
        ...(action?.due == null ? {} : { initial_date: action.due }),
      },
    },
  ];
}

function buttons(rows: number): ActionsBlock {
  const button = (id: string, text: string): Button => ({ type: "button", action_id: id, text: words(text) });
  return {
    type: "actions",
    block_id: "more",
    elements: [
      button(ACTIONS.keepDraft, "Save Draft"),
      ...(rows < MOST_ROWS ? [button(ACTIONS.moreActions, "Add Action")] : []),
    ],
  };
}
