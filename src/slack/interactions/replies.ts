import type { ModalView } from "@slack/types";
import type { AckOnce } from "../transport/ack.js";
import type { ModalClient, OpenModal } from "./modal-client.js";
import { messageModal } from "./modal-client.js";

/** How a listener answers whoever submitted a modal. */
export interface ModalReply {
  /** It is done: the modal goes. `lateText` is shown in its place when Slack had to be told something else before. */
  close(lateText: string): Promise<void>;
  /** It is not done, and why, under each input by block id; what was typed stays. */
  errors(errors: Readonly<Record<string, string>>): void;
  /** It is not done, and nothing that is typed can change that: another view takes the modal's place. */
  replace(view: ModalView): Promise<void>;
}

/** Answers in the response where there is still time, else by drawing the view anew. */
export function modalReply(ack: AckOnce, modals: ModalClient, view: OpenModal, title: string): ModalReply {
  return {
    async close(lateText) {
      if (!ack.answer()) await modals.update(view, messageModal(title, lateText));
    },
    errors: (errors) => void ack.answer({ response_action: "errors", errors }),
    async replace(drawn) {
      if (!ack.answer({ response_action: "update", view: drawn })) await modals.update(view, drawn);
    },
  };
}
