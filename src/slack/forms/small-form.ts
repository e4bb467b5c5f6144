import type { ModalView } from "@slack/types";
import { z } from "zod";
import type { Refusal, RefusalCode } from "../../domain/decisions/refusals.js";
import { looksLike, MAX_TEXT, type WithTexts } from "../../domain/decisions/texts.js";
import { MOST_PUT_OFFS } from "../../domain/reminders/put-off.js";
import type { Caller } from "../../usecases/api.js";
import { type FormName, VIEWS } from "../actions.js";
import { modal, section } from "../block-kit/blocks.js";
import { dayInWords } from "../block-kit/dates.js";
import { option, selectInput, textInput } from "../block-kit/inputs.js";
import { messageModal } from "../interactions/modal-client.js";
import { type ModalOrRefusal, openModal } from "../interactions/open-modal.js";
import type { BlockAction } from "../interactions/payloads.js";
import type { BlockActionHandler, HandlerContext, SubmissionHandler } from "../interactions/register.js";
import { ASKED_ABOUT, askedAboutAlso, confirmedOf, withQuestions } from "./ask-about-secrets.js";
import { jsonMetadata, type Metadata, textIn } from "./values.js";

/** The two handlers of a small form: the button that opens it, and its submission. */
export interface SmallForm {
  /** The `callback_id`. */
  readonly view: string;
  readonly open: (context: HandlerContext) => BlockActionHandler;
  readonly submit: (context: HandlerContext) => SubmissionHandler;
}

/** What was typed and chosen; `day` is empty in a form without a date. */
export interface Filled extends Required<WithTexts> {
  readonly text: string;
  readonly day: string;
}

/** The result of a submission. */
export type Submitted =
  /** `note` is shown in the form when Slack's deadline passed before it could be closed. */
  | {
      readonly ok: true;
      readonly note: string;
      /** Shown in place of the form, in markup, when what was done is not what its button says. */
      readonly tell?: string;
    }
  /** `say` returns the sentence for the person: plain under an input, markup in a view of its own. */
  | { readonly ok: false; readonly refusal: Refusal; readonly say: (style: "mrkdwn" | "plain") => string };

/** The texts of one form. */
export interface FormWords {
  readonly title: string;
  readonly submit: string;
  readonly label: string;
  readonly hint: string;
  /** False when one line is enough. Default: true. */
  readonly multiline?: boolean;
}

/** A form about to open: its title, for the loading view, and later its subject or the reason for a refusal. */
export interface PreparedForm<Subject> {
  readonly title: string;
  readonly result: Promise<FormContent<Subject> | { readonly refused: string }>;
}

/** What a form is about, and the days that a form with a date offers, such as `2026-12-24`. */
interface FormContent<Subject> {
  readonly subject: Subject;
  readonly days?: readonly string[];
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
    by: Caller & { readonly commandId: string },
  ) => Promise<Submitted>;
}

/** The block of the text input. */
export const FORM_TEXT = "typed";
/** The block of the menu of days. */
export const FORM_DAY = "day";
const LATE = "The form could not be opened in time, and nothing was done. Press the button again.";

/** Refusals that another text, date or attempt can resolve: shown under that input, and what was typed stays. */
const CORRECTABLE: Readonly<Partial<Record<RefusalCode, typeof FORM_TEXT | typeof FORM_DAY>>> = {
  reason_missing: FORM_TEXT,
  text_invalid: FORM_TEXT,
  text_secret: FORM_TEXT,
  typed_wrong: FORM_TEXT,
  unverifiable: FORM_TEXT,
  date_invalid: FORM_DAY,
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
          "refused" in found ? { refused: { text: found.refused } } : { view: render(form, title, found, EMPTY) },
      );
      await openModal({ modals: context.modals, user: click.user, triggerId: click.triggerId, title, content, reply });
    },
    submit: (context) => async (submission, reply) => {
      const { view } = submission;
      const carried = CARRIED.read(view.metadata);
      const subject = carried === null ? null : form.metadata.read(carried.subject);
      if (carried === null || subject === null)
        return reply.replace(messageModal(form.words.title, form.unreadable.view));
      const { askedAbout } = carried;
      const text = textIn(view, FORM_TEXT);
      const filled = { text, day: textIn(view, FORM_DAY), confirmed: confirmedOf(askedAbout, [text]) };
      const result = await form.perform(context, subject, filled, submission);
      if (result.ok && result.tell !== undefined) return reply.replace(messageModal(titleOf(subject), result.tell));
      if (result.ok) return reply.close(result.note);
      if (result.refusal.code === "text_likely") {
        const again = { day: filled.day, askedAbout: askedAboutAlso(askedAbout, [text]) };
        const shown = render(form, titleOf(subject), { subject, days: view.offers.get(FORM_DAY) ?? [] }, again);
        return reply.replace(withQuestions(shown, [{ block: FORM_TEXT, looks: looksLike(result.refusal.secret) }]));
      }
      const block = CORRECTABLE[result.refusal.code];
      if (block !== undefined && view.inputs.includes(block)) return reply.errors({ [block]: result.say("plain") });
      await reply.replace(messageModal(titleOf(subject), result.say("mrkdwn")));
    },
  };
}

/** What the form starts with, and what its metadata remembers. What was typed is kept by Slack. */
interface Before {
  readonly day: string | null;
  readonly askedAbout: readonly string[];
}

const EMPTY: Before = { day: null, askedAbout: [] };

/** The metadata of every small form, around that of its subject. */
const CARRIED = jsonMetadata(z.strictObject({ subject: z.string().max(2_000), askedAbout: ASKED_ABOUT }));

/** The metadata of the subject, in that of the form; `null` for what no small form wrote. */
export const subjectMetadata = (metadata: string): string | null => CARRIED.read(metadata)?.subject ?? null;

function render<Subject>(
  form: FormDefinition<Subject>,
  title: string,
  { subject, days = [] }: FormContent<Subject>,
  { day, askedAbout }: Before,
): ModalView {
  const { submit, label, hint, multiline = true } = form.words;
  const until = { block: FORM_DAY, label: "Until", hint: `As the office opens. ${MOST_PUT_OFFS} times at most.` };
  return modal({
    callbackId: VIEWS[form.name],
    title,
    submit,
    metadata: CARRIED.write({ subject: form.metadata.write(subject), askedAbout: [...askedAbout] }),
    blocks: [
      section(form.lead(subject)),
      ...(days.length === 0
        ? []
        : [selectInput(until, { options: days.map((one) => option(dayInWords(one), one)), initial: day })]),
      textInput({ block: FORM_TEXT, label, hint }, { max: MAX_TEXT, multiline }),
    ],
  });
}
