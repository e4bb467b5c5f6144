import type { ModalView } from "@slack/types";
import type { Reply, Told } from "./ephemeral-reply.js";
import { messageView, type Screen } from "./modal-client.js";

/** What a modal is to show, or why there is none to show. */
export type Prepared = { readonly view: ModalView } | { readonly refused: Told };

/** A modal on its way to whoever asked for it. */
export interface Opening {
  readonly screen: Screen;
  readonly triggerId: string;
  readonly title: string;
  readonly prepared: Promise<Prepared>;
  readonly reply: Reply;
}

/** How long to wait for the content before a loading view is opened, so that the trigger does not run out. */
const LOADING_AFTER_MS = 800;

/**
 * Opens a modal whose content has to be looked up first. When that is slow, a loading view comes first and is redrawn.
 * A fault of the looking up is thrown on, after the loading view, if there is one, has been told.
 */
export async function openPrepared(opening: Opening): Promise<void> {
  const { screen, triggerId, prepared, reply } = opening;
  // Not `within`: slow is no failure here, and what is slow is still waited for behind the loading view.
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<"slow">((resolve) => {
    timer = setTimeout(() => resolve("slow"), LOADING_AFTER_MS);
  });
  const first = await Promise.race([prepared, slow]).finally(() => clearTimeout(timer));
  if (first === "slow") return openLoading(opening);
  if ("refused" in first) return reply.tell(first.refused);
  if ((await screen.open(triggerId, first.view)) === null) return reply.tell(NOT_OPENED);
  reply.done();
}

const NOT_OPENED: Told = {
  text: "Slack did not open the form, so nothing was done. Try the same again.",
};

async function openLoading({ screen, triggerId, title, prepared, reply }: Opening): Promise<void> {
  // Looked at below; a rejection in the meantime must not count as unhandled.
  prepared.catch(() => {});
  const opened = await screen.open(triggerId, messageView(title, "One moment: looking up what you may do …"));
  if (opened === null) {
    const late = await prepared;
    return reply.tell("refused" in late ? late.refused : NOT_OPENED);
  }
  reply.done();
  try {
    const late = await prepared;
    const told = "refused" in late ? late.refused : NOT_OPENED;
    const drawn = await screen.update(opened, "refused" in late ? messageView(title, told.text) : late.view);
    // Else the person would look at the loading view for ever.
    if (!drawn) await reply.tell(told);
  } catch (fault) {
    await screen.update(opened, messageView(title, "This could not be looked up, so nothing was done. Try again."));
    throw fault;
  }
}
