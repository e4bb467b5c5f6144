import type { InputBlock, ModalView } from "@slack/types";
import { z } from "zod";
import { MAX_TEXT } from "../../domain/bypass/decide/texts.js";
import { bypassName } from "../../domain/bypass/number.js";
import type { RefusalCode } from "../../domain/bypass/refusals.js";
import type { Action } from "../../usecases/api.js";
import { refusalSentence, refusalSentenceWithRecord } from "../bypass/act.js";
import { forBypass } from "../bypass/button.js";
import type { HandlerContext } from "../interactions/context.js";
import type { BlockActionHandler, SubmissionHandler, ViewId } from "../interactions/handlers.js";
import { messageModal } from "../interactions/modal-client.js";
import { type ModalOrRefusal, openModal } from "../interactions/open-modal.js";
import { refusalText } from "../refusals.js";

/** A modal with one input, opened by a button and about one bypass. */
export interface TypedModal {
  readonly callbackId: ViewId;
  readonly action: "deny" | "revoke" | "proceed_alone";
  /** Before the number, such as `Deny`; a title takes 24 characters. */
  readonly title: string;
  readonly submit: string;
  readonly label: string;
  readonly hint: string;
  readonly multiline: boolean;
  /** Said above the input. */
  readonly says: (name: string) => string;
  readonly make: (typed: string) => Action;
}

const BLOCK = "typed";
const metadata = z.strictObject({ n: z.int().positive().max(999_999_999) });

/** Refusals that another text, or another try, can mend: they stand under the input, and what was typed stays. */
const MENDABLE: ReadonlySet<RefusalCode> = new Set([
  "reason_missing",
  "text_invalid",
  "text_secret",
  "typed_wrong",
  "unverifiable",
]);

/** The button: asks first whether this person may, so that nobody writes a reason in vain. */
export function opensTypedModal({ breakglass, modals }: HandlerContext, modal: TypedModal): BlockActionHandler {
  return forBypass(async (n, click, reply) => {
    reply.ifLate("The form could not be opened in time, and nothing was done. Press the button again.");
    const prepare = async (): Promise<ModalOrRefusal> => {
      const refusal = await breakglass.mayStart({ user: click.user }, n, modal.action);
      if (refusal === null) return { view: draw(modal, n) };
      return { refused: { text: await refusalSentenceWithRecord(breakglass, click.user, n, modal.action, refusal) } };
    };
    await openModal({ modals, triggerId: click.triggerId, title: titleOf(modal, n), prepared: prepare(), reply });
  });
}

/** The submission of that modal. */
export function takesTypedModal({ breakglass }: HandlerContext, modal: TypedModal): SubmissionHandler {
  return async ({ user, view, commandId }, reply) => {
    const carried = readNumber(view.metadata);
    if (carried === null) {
      return reply.replace(
        messageModal(
          modal.title,
          "That form could not be read, and nothing was done. `/breakglass status` shows what is open.",
        ),
      );
    }
    const typed = view.values.get(BLOCK)?.[0] ?? "";
    const answer = await breakglass.act({ user }, carried, modal.make(typed), commandId);
    if (answer.ok) return reply.close(`It is recorded after all; the message of ${bypassName(carried)} shows it.`);
    if (MENDABLE.has(answer.refusal.code)) {
      const attempt = { tried: modal.action, n: carried, refusal: answer.refusal, record: answer.record } as const;
      return reply.errors({ [BLOCK]: refusalText({ ...attempt, inForce: breakglass.inForce(), style: "plain" }) });
    }
    await reply.replace(
      messageModal(titleOf(modal, carried), refusalSentence(breakglass, carried, modal.action, answer)),
    );
  };
}

const TITLE_MAX = 24;

/** The number is left out where it no longer fits. */
function titleOf(modal: TypedModal, n: number): string {
  const full = `${modal.title} ${bypassName(n)}`;
  return full.length <= TITLE_MAX ? full : modal.title;
}

function draw(modal: TypedModal, n: number): ModalView {
  const input: InputBlock = {
    type: "input",
    block_id: BLOCK,
    label: { type: "plain_text", text: modal.label },
    hint: { type: "plain_text", text: modal.hint },
    element: { type: "plain_text_input", action_id: "typed", multiline: modal.multiline, max_length: MAX_TEXT },
  };
  return {
    type: "modal",
    callback_id: modal.callbackId,
    private_metadata: JSON.stringify({ n }),
    title: { type: "plain_text", text: titleOf(modal, n) },
    submit: { type: "plain_text", text: modal.submit },
    close: { type: "plain_text", text: "Cancel" },
    blocks: [{ type: "section", text: { type: "mrkdwn", text: modal.says(bypassName(n)) } }, input],
  };
}

function readNumber(text: string): number | null {
  try {
    return metadata.parse(JSON.parse(text)).n;
  } catch {
    return null;
  }
}
