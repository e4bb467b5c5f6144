import type { ModalView } from "@slack/types";
import type { ReplyContent } from "./ephemeral-reply.js";
import { type ModalClient, messageModal } from "./modal-client.js";
import type { Reply } from "./replies.js";

/** The view of a modal, or the reason why it does not open. */
export type ModalOrRefusal = { readonly view: ModalView } | { readonly refused: ReplyContent };

/** A request to open a modal. */
export interface OpenModalRequest {
  readonly modals: ModalClient;
  /** Whoever asked for it. */
  readonly user: string;
  /** Expires three seconds after the click. */
  readonly triggerId: string;
  /** The title of the loading view. */
  readonly title: string;
  readonly content: Promise<ModalOrRefusal>;
  readonly reply: Reply;
}

/** How long to wait for the content before opening a loading view, so that the trigger does not expire. */
const LOADING_AFTER_MS = 800;

/**
 * Opens a modal whose content is still being read. When that takes too long, opens a loading view and updates it later.
 * @throws what `content` rejects with, after the loading view, if there is one, has shown the failure
 */
export async function openModal(request: OpenModalRequest): Promise<void> {
  const { modals, user, triggerId, content, reply } = request;
  const waitMs = modals.take(user);
  if (waitMs > 0) {
    content.catch(() => {});
    return reply.tell(tooMany(waitMs));
  }
  // Not `within`: slow content is not a failure here, and is awaited further behind the loading view.
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

function tooMany(waitMs: number): ReplyContent {
  const seconds = Math.ceil(waitMs / 1000);
  return {
    text: `Not opened, and nothing was done: you have opened this many forms in a row. Try it again in ${seconds} second${seconds === 1 ? "" : "s"}. Approve, Close and \`log\` need no form.`,
  };
}

async function openLoading({ modals, triggerId, title, content, reply }: OpenModalRequest): Promise<void> {
  // Awaited below. A rejection before that must not count as unhandled.
  content.catch(() => {});
  const opened = await modals.open(triggerId, messageModal(title, "One moment: looking up what you may do …"));
  if (opened === null) {
    const late = await content;
    return reply.tell("refused" in late ? late.refused : NOT_OPENED);
  }
  reply.done();
  try {
    const late = await content;
    const message = "refused" in late ? late.refused : NOT_OPENED;
    const shown = await modals.update(opened, "refused" in late ? messageModal(title, message.text) : late.view);
    // Otherwise the person would see the loading view forever.
    if (!shown) await reply.tell(message);
  } catch (fault) {
    await modals.update(opened, messageModal(title, "This could not be looked up, so nothing was done. Try again."));
    throw fault;
  }
}
