import type { ModalView } from "@slack/types";
import type { ReplyContent } from "./ephemeral-reply.js";
import { type ModalClient, messageModal } from "./modal-client.js";
import type { Reply } from "./replies.js";

/** What a modal shows, or why it is not opened. */
export type ModalOrRefusal = { readonly view: ModalView } | { readonly refused: ReplyContent };

/** A modal on its way to whoever asked for it. */
export interface OpenModalRequest {
  readonly modals: ModalClient;
  /** Good for three seconds after the click. */
  readonly triggerId: string;
  /** Stands over the loading view. */
  readonly title: string;
  readonly content: Promise<ModalOrRefusal>;
  readonly reply: Reply;
}

/** How long to wait for the content before a loading view opens, so that the trigger does not expire. */
const LOADING_AFTER_MS = 800;

/**
 * Opens a modal whose content is still being looked up. When that takes long, a loading view opens first and is updated.
 * @throws what `content` rejects with, after the loading view, if there is one, says so
 */
export async function openModal(request: OpenModalRequest): Promise<void> {
  const { modals, triggerId, content, reply } = request;
  // Not `within`: slow is no failure here, and the content is still awaited behind the loading view.
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<"slow">((resolve) => {
    timer = setTimeout(() => resolve("slow"), LOADING_AFTER_MS);
  });
  const first = await Promise.race([content, slow]).finally(() => clearTimeout(timer));
  if (first === "slow") return openLoading(request);
  if ("refused" in first) return reply.tell(first.refused);
  if ((await modals.open(triggerId, first.view)) === null) return reply.tell(NOT_OPENED);
  reply.done();
}

const NOT_OPENED: ReplyContent = {
  text: "Slack did not open the form, so nothing was done. Try the same again.",
};

async function openLoading({ modals, triggerId, title, content, reply }: OpenModalRequest): Promise<void> {
  // Awaited below; a rejection in the meantime must not count as unhandled.
  content.catch(() => {});
  const opened = await modals.open(triggerId, messageModal(title, "One moment: looking up what you may do …"));
  if (opened === null) {
    const late = await content;
    return reply.tell("refused" in late ? late.refused : NOT_OPENED);
  }
  reply.done();
  try {
    const late = await content;
    const words = "refused" in late ? late.refused : NOT_OPENED;
    const shown = await modals.update(opened, "refused" in late ? messageModal(title, words.text) : late.view);
    // Otherwise the person would look at the loading view for ever.
    if (!shown) await reply.tell(words);
  } catch (fault) {
    await modals.update(opened, messageModal(title, "This could not be looked up, so nothing was done. Try again."));
    throw fault;
  }
}
