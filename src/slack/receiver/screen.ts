import type { ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Log } from "../../usecases/ports.js";
import type { Reply, Told } from "../respond.js";

/** An open modal, as Slack names it; `hash` guards against drawing over a newer drawing. */
export interface Opened {
  readonly id: string;
  readonly hash: string;
}

/** Opens and redraws modals. Neither throws: `null` and `false` mean that Slack did not do it. */
export interface Screen {
  open(triggerId: string, view: ModalView): Promise<Opened | null>;
  update(view: { readonly id: string; readonly hash?: string }, drawn: ModalView): Promise<boolean>;
}

/** @param web a client that gives up after two seconds, since a trigger is good for three */
export function createScreen(web: WebClient, log: Log): Screen {
  return {
    async open(triggerId, view) {
      try {
        const answer = await web.views.open({ trigger_id: triggerId, view });
        const { id, hash } = answer.view ?? {};
        return id === undefined || hash === undefined ? null : { id, hash };
      } catch (fault) {
        log.warn("slack.view_not_opened", { code: slackCode(fault) });
        return null;
      }
    },
    async update({ id, hash }, view) {
      try {
        await web.views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
        return true;
      } catch (fault) {
        log.warn("slack.view_not_updated", { code: slackCode(fault) });
        return false;
      }
    },
  };
}

/** Slack's own code of a refusal, or the client's. */
function slackCode(fault: unknown): string {
  if (!(fault instanceof Error)) return "unknown";
  const data = "data" in fault ? fault.data : undefined;
  if (typeof data === "object" && data !== null && "error" in data && typeof data.error === "string") return data.error;
  return "code" in fault && typeof fault.code === "string" ? fault.code : fault.name;
}

/** What a modal is to show, or why there is none to show. */
export type Prepared = { readonly view: ModalView } | { readonly refused: Told };

/** How long to wait for the content before a loading view is opened, so that the trigger does not run out. */
const LOADING_AFTER_MS = 800;

/**
 * Opens a modal whose content has to be looked up first. When that is slow, a loading view comes first and is redrawn.
 * A fault of the looking up is thrown on, after the loading view, if there is one, has been told.
 */
export async function openPrepared(
  screen: Screen,
  triggerId: string,
  prepared: Promise<Prepared>,
  reply: Reply,
  title: string,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<"slow">((resolve) => {
    timer = setTimeout(() => resolve("slow"), LOADING_AFTER_MS);
  });
  const first = await Promise.race([prepared, slow]).finally(() => clearTimeout(timer));
  if (first === "slow") return openLoading(screen, triggerId, prepared, reply, title);
  if ("refused" in first) return reply.tell(first.refused);
  if ((await screen.open(triggerId, first.view)) === null) return reply.tell(NOT_OPENED);
  reply.done();
}

const NOT_OPENED: Told = {
  text: "Slack did not open the form, so nothing was done. Try the same again.",
};

async function openLoading(
  screen: Screen,
  triggerId: string,
  prepared: Promise<Prepared>,
  reply: Reply,
  title: string,
): Promise<void> {
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
    await screen.update(opened, "refused" in late ? messageView(title, late.refused.text) : late.view);
  } catch (fault) {
    await screen.update(opened, messageView(title, "This could not be looked up, so nothing was done. Try again."));
    throw fault;
  }
}

/** A modal that only says something; the text is mrkdwn. */
export function messageView(title: string, text: string): ModalView {
  return {
    type: "modal",
    callback_id: "message",
    title: { type: "plain_text", text: title },
    close: { type: "plain_text", text: "Close" },
    blocks: [{ type: "section", text: { type: "mrkdwn", text } }],
  };
}
