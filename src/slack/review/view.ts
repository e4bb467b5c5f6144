import type { ActionsBlock, InputBlock, KnownBlock, ModalView } from "@slack/types";
import { MAX_TEXT } from "../../domain/decisions/texts.js";
import { AFTERMATHS, FORCES, VERDICTS } from "../../domain/events/catalogue/review.js";
import { reviewName } from "../../domain/events/names.js";
import type { ActionForm, ReviewForm } from "../../domain/review/form.js";
import { bypassOfRecord } from "../../usecases/ports/bypass-ref.js";
import { BUTTONS, VIEWS } from "../actions.js";
import { actions, button, modal, plainContextLine } from "../block-kit/blocks.js";
import {
  dateInput,
  multiSelectInput,
  option,
  radioInput,
  selectInput,
  sendable,
  textInput,
  userInput,
} from "../block-kit/inputs.js";
import { lines, richQuote, richSection, richText, words } from "../block-kit/rich-text.js";
import { gateTitle, type MessageContext } from "../messages/context.js";
import { drillLine } from "../messages/request.js";
import { AFTERMATH_WORDS, FORCE_WORDS, VERDICT_WORDS } from "../messages/review.js";
import { actionBlocks, BLOCKS, MOST_ROWS, reviewMetadata } from "./fields.js";
import { story } from "./story.js";

const ACTION_MAX = 500;

/** The title of the form, and of a view that replaces it. */
export const reviewTitle = (n: number): string => `Review ${reviewName(n)}`;

/**
 * The review form: what happened, then a few questions.
 * @param form the initial values
 * @param overtaken this person's draft, if somebody else has submitted an edition since; shown to copy from
 * @param askedAbout the texts that the person was asked about
 */
export function reviewView(
  context: MessageContext,
  form: ReviewForm,
  { overtaken = null, askedAbout = [] }: { overtaken?: string | null; askedAbout?: readonly string[] } = {},
): ModalView {
  const { n } = context.record;
  const rows = Math.min(MOST_ROWS, Math.max(1, form.actions.length));
  return modal({
    callbackId: VIEWS.review,
    title: reviewTitle(n),
    submit: form.edition === 0 ? "Submit Review" : "Amend Review",
    metadata: reviewMetadata.write({ about: bypassOfRecord(context.record), edition: form.edition, rows, askedAbout }),
    blocks: [
      ...drillLine(context),
      ...story(context),
      ...overtakenDraft(overtaken),
      plainContextLine(
        "Blameless: write about the event and the gates, never about a person. What you submit stands in the trail for good; it can be amended.",
        "blameless",
      ),
      radioInput(
        { block: BLOCKS.verdict, label: "Verdict" },
        VERDICTS.map((verdict) => option(VERDICT_WORDS[verdict], verdict)),
        form.verdict,
      ),
      ...gatesAtFault(context, form),
      selectInput(
        { block: BLOCKS.forcedBy, label: "What Forced It" },
        { options: FORCES.map((force) => option(capitalised(FORCE_WORDS[force]), force)), initial: form.forcedBy },
      ),
      selectInput(
        { block: BLOCKS.aftermath, label: "The Skipped Check" },
        {
          options: AFTERMATHS.map((aftermath) => option(capitalised(AFTERMATH_WORDS[aftermath]), aftermath)),
          initial: form.aftermath,
        },
      ),
      textInput(
        {
          block: BLOCKS.lesson,
          label: "What We Learned",
          hint: "What would have made this bypass unnecessary?",
        },
        { max: MAX_TEXT, multiline: true, initial: form.lesson },
      ),
      ...Array.from({ length: rows }, (_, index) => actionRow(index, form.actions[index])).flat(),
      formButtons(rows),
    ],
  });
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function overtakenDraft(text: string | null): KnownBlock[] {
  if (text === null) return [];
  const head = richSection(words("What you had written when somebody else handed theirs in", { bold: true }));
  return [richText("overtaken", head, richQuote(lines(text, MAX_TEXT)))];
}

/** Left out when no gate can be offered, because Slack takes no menu without options. */
function gatesAtFault({ record, policy }: MessageContext, form: ReviewForm): InputBlock[] {
  const options = sendable(record.state.gates.map((gate) => option(gateTitle(policy, gate), gate)));
  if (options.length === 0) return [];
  const label = {
    block: BLOCKS.gatesAtFault,
    label: "Gates at Fault",
    hint: "Only with the verdict gate at fault: which of them.",
    optional: true,
  };
  return [multiSelectInput(label, { options, chosen: form.gatesAtFault, placeholder: "None" })];
}

/** One action: what, who and by when. All three stay empty when there is nothing to do. */
function actionRow(index: number, action: ActionForm | undefined): InputBlock[] {
  const { what, owner, due } = actionBlocks(index);
  const number = index === 0 ? "" : ` ${index + 1}`;
  const label = (block: string, text: string) => ({ block, label: `${text}${number}`, optional: true });
  return [
    textInput(label(what, "Action"), { max: ACTION_MAX, initial: action?.what ?? "" }),
    userInput(label(owner, "Owner"), action?.owner ?? null),
    dateInput(label(due, "Due"), action?.due ?? null),
  ];
}

function formButtons(rows: number): ActionsBlock {
  return actions([button(BUTTONS.saveDraft), ...(rows < MOST_ROWS ? [button(BUTTONS.moreActions)] : [])], "more");
}
