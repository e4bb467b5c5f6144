import type { ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { type Allowance, createTokenBuckets } from "../../lib/token-buckets.js";
import type { Log } from "../../usecases/ports/ports.js";
import { modal, section } from "../block-kit/blocks.js";
import { classify } from "../delivery/classify.js";

/** An open modal, by Slack's id. `hash` keeps an update from replacing a newer one. */
export interface OpenModal {
  readonly id: string;
  readonly hash: string;
}

/**
 * How many forms one person may open. Slack lets an app open about 100 a minute in a workspace, and Deny, Revoke and declaring
 * need one: nobody may spend what the others need.
 */
export const FORMS_OF_ONE_PERSON = { inARow: 30, everyMs: 3_000 } as const satisfies Allowance;

/** Opens and updates modals. Neither call throws: a failure is logged. */
export interface ModalClient {
  /** Takes one of the forms that this person may open. @returns 0, or the milliseconds until there is one again */
  take(user: string): number;
  /** @returns `null` when Slack did not open it */
  open(triggerId: string, view: ModalView): Promise<OpenModal | null>;
  /** @returns whether the view, or a newer one, is shown now */
  update(at: { readonly id: string; readonly hash?: string }, view: ModalView): Promise<boolean>;
}

/** Slack's error code when the view has been updated since, perhaps by an earlier attempt of ours. */
const HASH_CONFLICT = "hash_conflict";

/**
 * @param web a client with a timeout of two seconds, because a trigger expires after three
 * @param clock milliseconds that are never set back
 */
export function createModalClient(web: WebClient, log: Log, clock: () => number): ModalClient {
  const take = createTokenBuckets(clock);
  return {
    take: (user) => take(user, FORMS_OF_ONE_PERSON),
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
      const send = () => web.views.update({ view_id: id, view, ...(hash === undefined ? {} : { hash }) });
      try {
        // Updating twice is harmless, and the person may see a loading view until the update arrives.
        await send().catch((fault: unknown) => (classify(fault).kind === "refused" ? Promise.reject(fault) : send()));
        return true;
      } catch (fault) {
        const code = slackCode(fault);
        log.warn("slack.view_not_updated", { code });
        return code === HASH_CONFLICT;
      }
    },
  };
}

/** Slack's error code, or the client's code of the failure. */
function slackCode(fault: unknown): string {
  if (!(fault instanceof Error)) return "unknown";
  const data = "data" in fault ? fault.data : undefined;
  if (typeof data === "object" && data !== null && "error" in data && typeof data.error === "string") return data.error;
  return "code" in fault && typeof fault.code === "string" ? fault.code : fault.name;
}

/** A modal that only shows a text. `text` is markup. */
export function messageModal(title: string, text: string): ModalView {
  return modal({ callbackId: "message", title, blocks: [section(text)] });
}
