import type { ModalView } from "@slack/types";
import type { AckOnce } from "../transport/ack.js";
import type { EphemeralReply, Recipient, ReplyContent } from "./ephemeral-reply.js";
import { type ModalClient, messageModal, type OpenModal } from "./modal-client.js";

/** How a handler answers whoever typed a command or clicked a button. */
export interface Reply {
  /** Sets what is said when the handler takes longer than Slack waits. */
  ifLate(text: string): void;
  /** Acknowledges without a word: the effect shows elsewhere. */
  done(): void;
  /** Acknowledges, and tells the person alone. */
  tell(content: ReplyContent): Promise<void>;
}

/** The answer to a slash command can hold the words itself, so no further call can fail. */
export function slashCommandReply(ack: AckOnce, replyEphemerally: EphemeralReply, recipient: Recipient): Reply {
  return replyWith(ack, async (content) => {
    if (!ack.answer({ response_type: "ephemeral", ...content })) await replyEphemerally(recipient, content);
  });
}

/** Slack shows nothing of the answer to a click, so the words go another way. */
export function blockActionReply(ack: AckOnce, replyEphemerally: EphemeralReply, recipient: Recipient): Reply {
  return replyWith(ack, async (content) => {
    ack.answer();
    await replyEphemerally(recipient, content);
  });
}

function replyWith(ack: AckOnce, tell: Reply["tell"]): Reply {
  return {
    ifLate: (text) => {
      ack.lateText = text;
    },
    done: () => void ack.answer(),
    tell,
  };
}

/** How a handler answers whoever submitted a modal. */
export interface ModalReply {
  /** Done: the modal closes. `lateText` takes its place where Slack had been answered before and the modal still stands. */
  close(lateText: string): Promise<void>;
  /** Not done, and why, under each input by block id; what was typed stays. */
  errors(errors: Readonly<Record<string, string>>): void;
  /** Not done, and no other input can change that: another view takes the modal's place. */
  replace(view: ModalView): Promise<void>;
}

/** Answers in the response where there is still time, else by updating the view. */
export function modalReply(ack: AckOnce, modals: ModalClient, view: OpenModal, title: string): ModalReply {
  return {
    async close(lateText) {
      if (!ack.answer()) await modals.update(view, messageModal(title, lateText));
    },
    errors: (errors) => void ack.answer({ response_action: "errors", errors }),
    async replace(replacement) {
      if (!ack.answer({ response_action: "update", view: replacement })) await modals.update(view, replacement);
    },
  };
}
