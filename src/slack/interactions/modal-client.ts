import type { ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Log } from "../../usecases/ports.js";
import { classify } from "../delivery/classify.js";

/** An open modal, as Slack names it; `hash` guards against drawing over a newer drawing. */
export interface OpenModal {
  readonly id: string;
  readonly hash: string;
}

/** Opens and redraws modals. Neither throws: what Slack did not do is in the log, and `null` says that none is open. */
export interface ModalClient {
  open(triggerId: string, view: ModalView): Promise<OpenModal | null>;
  /** @returns whether it is drawn now, or something newer is */
  update(view: { readonly id: string; readonly hash?: string }, drawn: ModalView): Promise<boolean>;
}

/** The view shows something that was drawn after what it was to replace, be it by an earlier try of ours. */
const NEWER = "hash_conflict";

/** @param web a client that gives up after two seconds, since a trigger is good for three */
export function createModalClient(web: WebClient, log: Log): ModalClient {
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
      const draw = () => web.views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
      try {
        // Drawing is harmless twice, and whoever looks at a view that says "one moment" waits for it.
        await draw().catch((fault: unknown) => (classify(fault).kind === "refused" ? Promise.reject(fault) : draw()));
        return true;
      } catch (fault) {
        const code = slackCode(fault);
        log.warn("slack.view_not_updated", { code });
        return code === NEWER;
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

/** A modal that only says something; the text is mrkdwn. */
export function messageModal(title: string, text: string): ModalView {
  return {
    type: "modal",
    callback_id: "message",
    title: { type: "plain_text", text: title },
    close: { type: "plain_text", text: "Close" },
    blocks: [{ type: "section", text: { type: "mrkdwn", text } }],
  };
}
