import type { InputBlock, ModalView } from "@slack/types";
import { z } from "zod";
import { MAX_TEXT } from "../../domain/bypass/decide/texts.js";
import { bypassName, reviewName } from "../../domain/bypass/number.js";
import type { RefusalCode } from "../../domain/bypass/refusals.js";
import type { Bypass } from "../../domain/bypass/state.js";
import type { ReviewAction } from "../../usecases/api.js";
import { parseButtonValue } from "../actions.js";
import { refusalSentence } from "../bypass/act.js";
import { forBypass } from "../bypass/button.js";
import type { HandlerContext } from "../interactions/context.js";
import type { BlockActionHandler, SubmissionHandler, ViewId } from "../interactions/handlers.js";
import { messageModal } from "../interactions/modal-client.js";
import { type ModalOrRefusal, openModal } from "../interactions/open-modal.js";
import { refusalText } from "../refusals.js";

/** A form with one text, and sometimes a day, about a review or one of its actions. */
export interface SmallForm {
  readonly callbackId: ViewId;
  readonly action: Exclude<ReviewAction["type"], "submit_review">;
  readonly title: string;
  readonly submit: string;
  readonly says: (review: string) => string;
  readonly label: string;
  readonly hint: string;
  /** Asks for a day too. */
  readonly withDay: boolean;
  readonly make: (filled: { readonly text: string; readonly day: string; readonly which: number }) => ReviewAction;
}

const TEXT = "typed";
const DAY = "day";
const metadata = z.strictObject({
  n: z.int().positive().max(999_999_999),
  /** The action that it is about; 0 for the review itself. */
  which: z.int().min(0).max(1_000),
});

/** What another text, day or try can mend: it stands under its input, and what was typed stays. */
const MENDABLE: Readonly<Partial<Record<RefusalCode, typeof TEXT | typeof DAY>>> = {
  reason_missing: TEXT,
  text_invalid: TEXT,
  text_secret: TEXT,
  unverifiable: TEXT,
  date_invalid: DAY,
};

/** The button that opens it; whoever may not is told so before they type. */
export function openSmallForm({ breakglass, modals }: HandlerContext, form: SmallForm): BlockActionHandler {
  return forBypass(async (n, click, reply) => {
    reply.ifLate("The form could not be opened in time, and nothing was done. Press the button again.");
    const prepare = async (): Promise<ModalOrRefusal> => {
      const version = parseButtonValue(click.value ?? "")?.version ?? 0;
      const shown = await breakglass.show({ user: click.user }, n);
      const record = shown.ok ? shown.seen.record : null;
      const which = record === null ? 0 : actionOf(record.state, version);
      const opened = await breakglass.openReview({ user: click.user }, n, form.action, which);
      if (opened.ok) return { view: draw(form, n, which) };
      return { refused: { text: refusalSentence(breakglass, n, form.action, { refusal: opened.refusal, record }) } };
    };
    await openModal({ modals, triggerId: click.triggerId, title: form.title, prepared: prepare(), reply });
  });
}

/** The submission of that form. */
export function submitSmallForm({ breakglass }: HandlerContext, form: SmallForm): SubmissionHandler {
  return async ({ user, view, commandId }, reply) => {
    const carried = readMetadata(view.metadata);
    if (carried === null) {
      return reply.replace(
        messageModal(form.title, "That form could not be read, and nothing was done. Press the button again."),
      );
    }
    const filled = {
      text: view.values.get(TEXT)?.[0] ?? "",
      day: view.values.get(DAY)?.[0] ?? "",
      which: carried.which,
    };
    const answer = await breakglass.review({ user }, carried.n, form.make(filled), commandId);
    if (answer.ok)
      return reply.close(`It is recorded after all; \`/breakglass show ${bypassName(carried.n)}\` tells it.`);
    const { refusal, record } = answer;
    const block = MENDABLE[refusal.code];
    if (block !== undefined && view.inputs.includes(block)) {
      const attempt = { tried: form.action, n: carried.n, refusal, record, inForce: breakglass.inForce() } as const;
      return reply.errors({ [block]: refusalText({ ...attempt, style: "plain" }) });
    }
    await reply.replace(messageModal(form.title, refusalSentence(breakglass, carried.n, form.action, answer)));
  };
}

/** The action that was opened by the entry with that version. */
export function actionOf(state: Bypass, version: number): number {
  return state.review?.actions.find((one) => one.version === version)?.action ?? 0;
}

function draw(form: SmallForm, n: number, which: number): ModalView {
  const plain = (text: string) => ({ type: "plain_text", text, emoji: false }) as const;
  const day: InputBlock = {
    type: "input",
    block_id: DAY,
    label: plain("Until"),
    hint: plain("As the office opens on that day; at most 30 days from now."),
    element: { type: "datepicker", action_id: "chosen" },
  };
  const text: InputBlock = {
    type: "input",
    block_id: TEXT,
    label: plain(form.label),
    hint: plain(form.hint),
    element: { type: "plain_text_input", action_id: "typed", multiline: true, max_length: MAX_TEXT },
  };
  return {
    type: "modal",
    callback_id: form.callbackId,
    private_metadata: JSON.stringify({ n, which }),
    title: plain(form.title),
    submit: plain(form.submit),
    close: plain("Cancel"),
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: form.says(reviewName(n)) } },
      ...(form.withDay ? [day] : []),
      text,
    ],
  };
}

function readMetadata(text: string): z.output<typeof metadata> | null {
  try {
    return metadata.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
