import type { ModalView } from "@slack/types";
import type { AckOnce } from "../transport/ack.js";
import type { EphemeralReply, Recipient, ReplyContent } from "./ephemeral-reply.js";
import { type ModalClient, messageModal, type OpenModal } from "./modal-client.js";

/** How a handler answers a person who typed a command or clicked a button. */
export interface Reply {
  /** Sets the text shown when the handler takes longer than Slack waits. */
  ifLate(text: string): void;
  /** Acknowledges without a text: the result shows elsewhere. */
  done(): void;
  /** Acknowledges, and shows the content to this person only. */
  tell(content: ReplyContent): Promise<void>;
}

/** The response to a slash command can contain the text itself, so no further call can fail. */
export function slashCommandReply(ack: AckOnce, replyEphemerally: EphemeralReply, recipient: Recipient): Reply {
  return replyWith(ack, async (content) => {
    if (!ack.answer({ response_type: "ephemeral", ...content })) await replyEphemerally(recipient, content);
  });
}

/** Slack shows nothing of the response to a click, so the text is sent separately. */
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

/** How a handler answers a person who submitted a modal. */
export interface ModalReply {
  /** Done: closes the modal. Shows `lateText` in it when Slack was answered before and the modal is still open. */
  close(lateText: string): Promise<void>;
  /** Not done: shows an error under each input, by block id. What was typed stays. */
  errors(errors: Readonly<Record<string, string>>): void;
  /** Not done, and no other input can change that: replaces the view of the modal. */
  replace(view: ModalView): Promise<void>;
}

/** Answers in the response if there is still time, otherwise by updating the view. */
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
