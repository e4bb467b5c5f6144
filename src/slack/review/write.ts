import { bypassName, reviewName } from "../../domain/bypass/number.js";
import type { RefusalCode } from "../../domain/bypass/refusals.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { ReviewDesk } from "../../usecases/api.js";
import { whyRefused } from "../bypass/act.js";
import { opensBypass } from "../bypass/button.js";
import { sceneOf } from "../messages/scene.js";
import type { PressHandler, SubmissionHandler } from "../receiver/handlers.js";
import type { SentView } from "../receiver/payload-schemas.js";
import { openPrepared, type Prepared } from "../receiver/prepared.js";
import { messageView } from "../receiver/screen.js";
import type { Tools } from "../receiver/tools.js";
import { refusalText } from "../refusals.js";
import { BLOCKS, readForm, withoutEmptyRows } from "./fields.js";
import { MOST_ROWS, type ReviewMetadata, readMetadata } from "./metadata.js";
import { reviewView } from "./view.js";

const LATE = "The form could not be opened in time, and nothing was done. Press the button again.";
const UNREADABLE = "That form could not be read, and nothing was recorded. Press Write Review for a new one.";

/** Write Review and Amend Review: the form with the story, and with what this person had written before. */
export function opensReview({ breakglass, screen }: Tools): PressHandler {
  return opensBypass(async (n, press, reply) => {
    reply.ifLate(LATE);
    const prepare = async (): Promise<Prepared> => {
      const opened = await breakglass.openReview({ user: press.user }, n, "submit_review");
      if (!opened.ok) {
        const shown = await breakglass.show({ user: press.user }, n);
        const record = shown.ok ? shown.seen.record : null;
        return {
          refused: { text: whyRefused(breakglass, n, "submit_review", { refusal: opened.refusal, record }) },
        };
      }
      const { desk } = opened;
      return { view: reviewView(sceneOf(desk.record, breakglass.inForce().policy), formOf(desk), asideOf(desk)) };
    };
    const title = `Review ${reviewName(n)}`.slice(0, 24);
    await openPrepared({ screen, triggerId: press.triggerId, title, prepared: prepare(), reply });
  });
}

/** The draft, if it was begun on the edition that stands; else what stands, without its actions, which go on by themselves. */
function formOf({ record, draft }: ReviewDesk): ReviewForm {
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

/** What this person had written before somebody else handed an edition in: shown beside what stands, to copy from. */
function asideOf({ record, draft }: ReviewDesk): string | null {
  const edition = record.state.review?.submitted?.edition ?? 0;
  return draft === null || draft.edition === edition || draft.lesson === "" ? null : draft.lesson;
}

/** Keeps what is written, and says so in the form. */
export function keepsDraft(tools: Tools): PressHandler {
  return redraws(tools, async (user, metadata, form) => {
    await tools.breakglass.keepDraft({ user }, metadata.n, form);
    return form;
  });
}

/** One more row for an action; what is written is kept, too. */
export function addsAction(tools: Tools): PressHandler {
  return redraws(tools, async (user, metadata, form) => {
    await tools.breakglass.keepDraft({ user }, metadata.n, form);
    const rows = Math.min(MOST_ROWS, metadata.rows + 1);
    const empty = { what: "", owner: null, due: null };
    return { ...form, actions: Array.from({ length: rows }, (_, index) => form.actions[index] ?? empty) };
  });
}

function redraws(
  { breakglass, screen }: Tools,
  change: (user: string, metadata: ReviewMetadata, form: ReviewForm) => Promise<ReviewForm>,
): PressHandler {
  return async (press, reply) => {
    const { view } = press;
    const metadata = view === null ? null : readMetadata(view.metadata);
    if (view === null || metadata === null) return reply.tell({ text: UNREADABLE });
    const form = await change(press.user, metadata, readForm(view, metadata.edition, metadata.rows));
    const opened = await breakglass.openReview({ user: press.user }, metadata.n, "submit_review");
    if (opened.ok) {
      const scene = sceneOf(opened.desk.record, breakglass.inForce().policy);
      await screen.update(view, noted(reviewView(scene, form)));
    }
    reply.done();
  };
}

/** Says in the form that the draft is kept, where the person looks. */
function noted(view: ReturnType<typeof reviewView>): ReturnType<typeof reviewView> {
  const note = "*Draft kept.* It is there when you press Write Review again; nobody else sees it.";
  return {
    ...view,
    blocks: [
      ...view.blocks,
      { type: "section", block_id: "kept", text: { type: "mrkdwn", text: note, verbatim: true } },
    ],
  };
}

/** Refusals under which the form stays as it was typed. */
const STAYS: ReadonlySet<RefusalCode> = new Set<RefusalCode>(["review_changed", "unverifiable", "invalid_review"]);

/** The review as it is handed in. */
export function takesReview({ breakglass }: Tools): SubmissionHandler {
  return async ({ user, view, commandId }, reply) => {
    const metadata = readMetadata(view.metadata);
    if (metadata === null) return reply.replace(messageView("Review", UNREADABLE));
    const form = withoutEmptyRows(readForm(view, metadata.edition, metadata.rows));
    const answer = await breakglass.review({ user }, metadata.n, { type: "submit_review", form }, commandId);
    const { n } = metadata;
    if (answer.ok) return reply.close(`It is recorded after all; the thread of ${bypassName(n)} shows it.`);
    const { refusal } = answer;
    if (STAYS.has(refusal.code)) {
      const plain = refusalText({
        tried: "submit_review",
        n,
        refusal,
        record: answer.record,
        inForce: breakglass.inForce(),
        style: "plain",
      });
      return reply.errors(errorsOf(view, refusal.reviewProblems ?? [], plain));
    }
    await reply.replace(
      messageView(`Review ${reviewName(n)}`.slice(0, 24), whyRefused(breakglass, n, "submit_review", answer)),
    );
  };
}

/** Errors by block id; what concerns no field stands under the lesson, which holds the most typing. */
function errorsOf(
  view: Pick<SentView, "inputs">,
  problems: readonly { readonly field: string; readonly message: string }[],
  whole: string,
): Record<string, string> {
  if (problems.length === 0) return { [BLOCKS.lesson]: whole };
  const errors: Record<string, string> = {};
  for (const { field, message } of problems) {
    const block = view.inputs.includes(field) ? field : BLOCKS.lesson;
    errors[block] = errors[block] === undefined ? message : `${errors[block]} ${message}`;
  }
  return errors;
}
