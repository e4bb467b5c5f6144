import type { ModalView } from "@slack/types";
import type { Reply, ReplyContent } from "./ephemeral-reply.js";
import { type ModalClient, messageModal } from "./modal-client.js";

/** What a modal is to show, or why there is none to show. */
export type ModalOrRefusal = { readonly view: ModalView } | { readonly refused: ReplyContent };

/** A modal on its way to whoever asked for it. */
export interface OpenModalRequest {
  readonly modals: ModalClient;
  readonly triggerId: string;
  readonly title: string;
  readonly prepared: Promise<ModalOrRefusal>;
  readonly reply: Reply;
}

/** How long to wait for the content before a loading view is opened, so that the trigger does not run out. */
const LOADING_AFTER_MS = 800;

/**
 * Opens a modal whose content has to be looked up first. When that is slow, a loading view comes first and is redrawn.
 * A fault of the looking up is thrown on, after the loading view, if there is one, has been told.
 */
export async function openModal(opening: OpenModalRequest): Promise<void> {
  const { modals, triggerId, prepared, reply } = opening;
  // Not `within`: slow is no failure here, and what is slow is still waited for behind the loading view.
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<"slow">((resolve) => {
    timer = setTimeout(() => resolve("slow"), LOADING_AFTER_MS);
  });
  const first = await Promise.race([prepared, slow]).finally(() => clearTimeout(timer));
  if (first === "slow") return openLoading(opening);
  if ("refused" in first) return reply.tell(first.refused);
  if ((await modals.open(triggerId, first.view)) === null) return reply.tell(NOT_OPENED);
  reply.done();
}

const NOT_OPENED: ReplyContent = {
  text: "Slack did not open the form, so nothing was done. Try the same again.",
};

async function openLoading({ modals, triggerId, title, prepared, reply }: OpenModalRequest): Promise<void> {
  // Looked at below; a rejection in the meantime must not count as unhandled.
  prepared.catch(() => {});
  const opened = await modals.open(triggerId, messageModal(title, "One moment: looking up what you may do …"));
  if (opened === null) {
    const late = await prepared;
    return reply.tell("refused" in late ? late.refused : NOT_OPENED);
  }
  reply.done();
  try {
    const late = await prepared;
    const content = "refused" in late ? late.refused : NOT_OPENED;
    const drawn = await modals.update(opened, "refused" in late ? messageModal(title, content.text) : late.view);
    // Else the person would look at the loading view for ever.
    if (!drawn) await reply.tell(content);
  } catch (fault) {
    await modals.update(opened, messageModal(title, "This could not be looked up, so nothing was done. Try again."));
    throw fault;
  }
}
