import type { ModalView } from "@slack/types";
import type { Refusal, RefusalCode } from "../../domain/decisions/refusals.js";
import { bypassName } from "../../domain/events/names.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { OpenedReview } from "../../usecases/api.js";
import { section } from "../block-kit/blocks.js";
import { forBypass, refusalSentenceWithRecord } from "../bypass/act.js";
import { askedAboutAlso, confirmedOf, withQuestions } from "../forms/ask-about-secrets.js";
import { shownAgain } from "../forms/shown-again.js";
import { errorsByBlock, textIn } from "../forms/values.js";
import { messageModal } from "../interactions/modal-client.js";
import { type ModalOrRefusal, openModal } from "../interactions/open-modal.js";
import type { SentView } from "../interactions/payload-schemas.js";
import type { BlockActionHandler, HandlerContext, SubmissionHandler } from "../interactions/register.js";
import { type MessageContext, messageContextOf } from "../messages/context.js";
import { refusalText } from "../refusals.js";
import { BLOCKS, MOST_ROWS, type ReviewMetadata, readForm, reviewMetadata, withoutEmptyRows } from "./fields.js";
import { reviewTitle, reviewView } from "./view.js";

const LATE = "The form could not be opened in time, and nothing was done. Press the button again.";
const UNREADABLE = "That form could not be read, and nothing was recorded. Press Write Review for a new one.";

/** Write Review and Amend Review: opens the form with this person's draft. */
export function openReviewForm({ breakglass, modals }: HandlerContext): BlockActionHandler {
  return forBypass(async (ref, click, reply) => {
    reply.ifLate(LATE);
    const prepare = async (): Promise<ModalOrRefusal> => {
      const opened = await breakglass.openReview({ user: click.user }, ref, "submit_review");
      if (!opened.ok) {
        const { refusal } = opened;
        return {
          refused: { text: await refusalSentenceWithRecord(breakglass, click.user, ref, "submit_review", refusal) },
        };
      }
      const { review } = opened;
      return {
        view: reviewView(messageContextOf(review.record, breakglass.inForce().policy), formOf(review), {
          overtaken: overtakenDraftOf(review),
        }),
      };
    };
    await openModal({
      modals,
      user: click.user,
      triggerId: click.triggerId,
      title: reviewTitle(ref.n),
      content: prepare(),
      reply,
    });
  });
}

/** The draft, if it is for the current edition; otherwise that edition, without its actions, which are already open. */
function formOf({ record, draft }: OpenedReview): ReviewForm {
  const submitted = record.state.review?.submitted ?? null;
  const edition = submitted?.edition ?? 0;
  if (draft?.edition === edition) return draft;
  const entry = record.entries.find(({ version }) => version === submitted?.version);
  return {
    edition,
    verdict: submitted?.verdict ?? null,
    gatesAtFault: submitted?.gatesAtFault ?? [],
    forcedBy: submitted?.forcedBy ?? null,
    aftermath: submitted?.aftermath ?? null,
    lesson: entry?.texts.lesson ?? "",
    actions: [],
  };
}

/** What this person had written before somebody else submitted an edition; shown in the form to copy from. */
function overtakenDraftOf({ record, draft }: OpenedReview): string | null {
  const edition = record.state.review?.submitted?.edition ?? 0;
  return draft === null || draft.edition === edition || draft.lesson === "" ? null : draft.lesson;
}

/** Save Draft: saves what is written, and says so in the form. */
export function saveDraft(context: HandlerContext): BlockActionHandler {
  return updateForm(context, (_, form) => form);
}

/** Add Action: adds a row, and saves what is written. */
export function addActionRow(context: HandlerContext): BlockActionHandler {
  return updateForm(context, ({ rows }, form) => {
    const empty = { what: "", owner: null, due: null };
    const actions = Array.from({ length: Math.min(MOST_ROWS, rows + 1) }, (_, index) => form.actions[index] ?? empty);
    return { ...form, actions };
  });
}

/** Saves the draft first, then updates the form or says why it cannot; then the form stays as it is. */
function updateForm(
  { breakglass, modals }: HandlerContext,
  change: (metadata: ReviewMetadata, form: ReviewForm) => ReviewForm,
): BlockActionHandler {
  return async (click, reply) => {
    const { view, user } = click;
    const metadata = view === null ? null : reviewMetadata.read(view.metadata);
    if (view === null || metadata === null) return reply.tell({ text: UNREADABLE });
    const { about } = metadata;
    const form = readForm(view, metadata);
    const saved = await breakglass.saveDraft({ user }, about, form);
    /** The form stays as it is, since only there is what was typed. */
    const refused = async (refusal: Refusal): Promise<void> => {
      const why = await refusalSentenceWithRecord(breakglass, user, about, "save_draft", refusal);
      await reply.tell({ text: `${why} ${STILL_THERE}` });
    };
    if (!saved.ok) return refused(saved.refusal);
    const opened = await breakglass.openReview({ user }, about, "submit_review");
    if (!opened.ok) return refused(opened.refusal);
    const note = saved.whole ? SAVED : SAVED_IN_PART;
    const context = messageContextOf(opened.review.record, breakglass.inForce().policy);
    const again = shownAgain(reviewView(context, change(metadata, form), metadata));
    const shown = await modals.update(view, withNote(again, note));
    return shown ? reply.done() : reply.tell({ text: `${NOT_UPDATED} ${note}` });
  };
}

const SAVED = "*Draft kept.* It is there when you press Write Review again; nobody else sees it.";
const SAVED_IN_PART =
  "*Draft kept, but for what looks like a password, key or token:* that is kept nowhere. Take it out, and replace it where it is in use.";
const NOT_UPDATED = "Slack did not draw the form anew; what you typed still stands in it.";
const STILL_THERE = "What you typed still stands in the form: copy what matters before you close it.";

/** Adds a note about the draft at the end of the form, where the person is looking. */
const withNote = (view: ModalView, note: string): ModalView => ({
  ...view,
  blocks: [...view.blocks, section(note, "kept")],
});

/** Refusals that another attempt can resolve. */
const CORRECTABLE: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "review_changed",
  "unverifiable",
  "invalid_review",
]);

/** Handles the submitted review. */
export function submitReview({ breakglass }: HandlerContext): SubmissionHandler {
  return async (submission, reply) => {
    const { view, commandId } = submission;
    const metadata = reviewMetadata.read(view.metadata);
    if (metadata === null) return reply.replace(messageModal("Review", UNREADABLE));
    const form = withoutEmptyRows(readForm(view, metadata));
    const confirmed = confirmedOf(metadata.askedAbout, [form.lesson, ...form.actions.map(({ what }) => what)]);
    const action = { type: "submit_review", form, confirmed } as const;
    const answer = await breakglass.review(submission, metadata.about, action, commandId);
    const { n } = metadata.about;
    if (answer.ok) return reply.close(`It is recorded after all; the thread of ${bypassName(n)} shows it.`);
    const { refusal, record } = answer;
    const inForce = breakglass.inForce();
    const question =
      record === null ? null : questionOf(view, metadata, refusal, messageContextOf(record, inForce.policy));
    if (question !== null) return reply.replace(question);
    const plain = refusalText({ tried: "submit_review", n, refusal, record, inForce, style: "plain" });
    // The form stays open whatever the refusal: only there is the text that somebody has typed for half an hour.
    const general = CORRECTABLE.has(refusal.code) ? plain : `${plain} ${STILL_THERE}`;
    return reply.errors(errorsOf(view, refusal.reviewProblems ?? [], general));
  };
}

/** The form again, with a question under each text that looks like a secret, when nothing else is wrong with it. */
function questionOf(
  view: SentView,
  metadata: ReviewMetadata,
  { reviewProblems: problems = [] }: Refusal,
  context: MessageContext,
): ModalView | null {
  if (problems.length === 0 || problems.some(({ asks }) => asks !== true)) return null;
  const typed = problems.map(({ field }) => textIn(view, field));
  const askedAbout = askedAboutAlso(metadata.askedAbout, typed);
  const again = reviewView(context, readForm(view, metadata), { askedAbout });
  return withQuestions(
    again,
    problems.map(({ field, message }) => ({ block: field, looks: message })),
  );
}

/** Puts each problem under its input, and problems without an input under the lesson. A question is no error. */
function errorsOf(
  view: Pick<SentView, "inputs">,
  problems: NonNullable<Refusal["reviewProblems"]>,
  general: string,
): Record<string, string> {
  const wrong = problems.filter(({ asks }) => asks !== true);
  if (wrong.length === 0) return { [BLOCKS.lesson]: general };
  return errorsByBlock(
    wrong.map(({ field, message }) => ({ block: view.inputs.includes(field) ? field : BLOCKS.lesson, message })),
  );
}
