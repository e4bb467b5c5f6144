import type { ModalView } from "@slack/types";
import type { RefusalCode } from "../../domain/decisions/refusals.js";
import { MAX_TEXT } from "../../domain/decisions/texts.js";
import { MOST_PUT_OFF_DAYS } from "../../domain/reminders/put-off.js";
import { type FormName, VIEWS } from "../actions.js";
import { modal, section } from "../block-kit/blocks.js";
import { dateInput, textInput } from "../block-kit/inputs.js";
import { messageModal } from "../interactions/modal-client.js";
import { type ModalOrRefusal, openModal } from "../interactions/open-modal.js";
import type { BlockAction } from "../interactions/payloads.js";
import type { BlockActionHandler, HandlerContext, SubmissionHandler } from "../interactions/register.js";
import { type Metadata, textIn } from "./values.js";

/** The two handlers of a small form: the button that opens it, and its submission. */
export interface SmallForm {
  /** The `callback_id`. */
  readonly view: string;
  readonly open: (context: HandlerContext) => BlockActionHandler;
  readonly submit: (context: HandlerContext) => SubmissionHandler;
}

/** What was typed and chosen; `day` is empty in a form without a date. */
export interface Filled {
  readonly text: string;
  readonly day: string;
}

/** The result of a submission. */
export type Submitted =
  /** `note` is shown in the form when Slack's deadline passed before it could be closed. */
  | { readonly ok: true; readonly note: string }
  /** `say` returns the sentence for the person: plain under an input, markup in a view of its own. */
  | { readonly ok: false; readonly code: RefusalCode; readonly say: (style: "mrkdwn" | "plain") => string };

/** The texts of one form. */
export interface FormWords {
  readonly title: string;
  readonly submit: string;
  readonly label: string;
  readonly hint: string;
  /** False when one line is enough. Default: true. */
  readonly multiline?: boolean;
  /** Adds a date input. */
  readonly withDay?: boolean;
}

/** A form about to open: its title, for the loading view, and later its subject or the reason for a refusal. */
export interface PreparedForm<Subject> {
  readonly title: string;
  readonly result: Promise<{ readonly subject: Subject } | { readonly refused: string }>;
}

/** One form about a `Subject`, such as a bypass or a gate. The subject is stored in the metadata of the view. */
export interface FormDefinition<Subject> {
  readonly name: FormName;
  readonly words: FormWords;
  /** The title for one subject; default: `words.title`. */
  readonly titleOf?: (subject: Subject) => string;
  /** Markup above the inputs. */
  readonly lead: (subject: Subject) => string;
  readonly metadata: Metadata<Subject>;
  /** Shown when the value of the button, or the metadata of the view, cannot be read. */
  readonly unreadable: { readonly button: string; readonly view: string };
  /** Checks permission before the form opens, so that nobody types in vain. `null` when the button's value is unreadable. */
  readonly prepare: (context: HandlerContext, click: BlockAction) => PreparedForm<Subject> | null;
  readonly perform: (
    context: HandlerContext,
    subject: Subject,
    filled: Filled,
    by: { readonly user: string; readonly commandId: string },
  ) => Promise<Submitted>;
}

const TEXT = "typed";
const DAY = "day";
const LATE = "The form could not be opened in time, and nothing was done. Press the button again.";

/** Refusals that another text, date or attempt can resolve: shown under that input, and what was typed stays. */
const CORRECTABLE: Readonly<Partial<Record<RefusalCode, typeof TEXT | typeof DAY>>> = {
  reason_missing: TEXT,
  text_invalid: TEXT,
  text_secret: TEXT,
  typed_wrong: TEXT,
  unverifiable: TEXT,
  date_invalid: DAY,
};

/** A form with one text, and sometimes a date, that a button opens. */
export function smallForm<Subject>(form: FormDefinition<Subject>): SmallForm {
  const titleOf = (subject: Subject): string => form.titleOf?.(subject) ?? form.words.title;
  return {
    view: VIEWS[form.name],
    open: (context) => async (click, reply) => {
      reply.ifLate(LATE);
      const prepared = form.prepare(context, click);
      if (prepared === null) return reply.tell({ text: form.unreadable.button });
      const { title, result } = prepared;
      const content = result.then(
        (found): ModalOrRefusal =>
          "refused" in found ? { refused: { text: found.refused } } : { view: render(form, title, found.subject) },
      );
      await openModal({ modals: context.modals, triggerId: click.triggerId, title, content, reply });
    },
    submit:
      (context) =>
      async ({ user, view, commandId }, reply) => {
        const subject = form.metadata.read(view.metadata);
        if (subject === null) return reply.replace(messageModal(form.words.title, form.unreadable.view));
        const filled = { text: textIn(view, TEXT), day: textIn(view, DAY) };
        const result = await form.perform(context, subject, filled, { user, commandId });
        if (result.ok) return reply.close(result.note);
        const block = CORRECTABLE[result.code];
        if (block !== undefined && view.inputs.includes(block)) return reply.errors({ [block]: result.say("plain") });
        await reply.replace(messageModal(titleOf(subject), result.say("mrkdwn")));
      },
  };
}

function render<Subject>(form: FormDefinition<Subject>, title: string, subject: Subject): ModalView {
  const { submit, label, hint, multiline = true, withDay = false } = form.words;
  const untilHint = `As the office opens on that day; at most ${MOST_PUT_OFF_DAYS} days from now.`;
  const until = { block: DAY, label: "Until", hint: untilHint };
  return modal({
    callbackId: VIEWS[form.name],
    title,
    submit,
    metadata: form.metadata.write(subject),
    blocks: [
      section(form.lead(subject)),
      ...(withDay ? [dateInput(until)] : []),
      textInput({ block: TEXT, label, hint }, { max: MAX_TEXT, multiline }),
    ],
  });
}
