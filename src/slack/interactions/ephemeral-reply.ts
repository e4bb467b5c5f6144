import { setTimeout as wait } from "node:timers/promises";
import type { AnyBlock } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Fetch } from "../../lib/outbound.js";
import type { Log } from "../../usecases/ports/ports.js";
import { classify } from "../delivery/classify.js";

/** What one person is shown. `text` is complete by itself, for notifications and screen readers. */
export interface ReplyContent {
  readonly text: string;
  readonly blocks?: readonly AnyBlock[];
}

/** The person to reply to, and where in Slack that person is. */
export interface Recipient {
  readonly user: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly responseUrl: string | null;
}

/** Shows one person something that nobody else sees. Never throws: a failure is logged. */
export type EphemeralReply = (recipient: Recipient, content: ReplyContent) => Promise<void>;

const RESPONSE_HOSTS = new Set(["hooks.slack.com", "hooks.slack-gov.com"]);
const RESPONSE_TIMEOUT_MS = 2_000;
/** Pauses before the retries: short at first, then long enough for a brief fault to pass. */
const RETRY_AFTER_MS = [250, 2_000] as const;

/**
 * Replies through the response URL, which works even in channels that the bot is not in. Without one, or when it fails,
 * sends an ephemeral message. Retries failures that are not refusals: seeing a reply twice is better than seeing none.
 * @param apiUrl also allows response URLs on this host
 */
export function createEphemeralReply(
  web: WebClient,
  apiUrl: string | undefined,
  log: Log,
  fetch: Fetch,
): EphemeralReply {
  return async (recipient, content) => {
    const { channel, responseUrl } = recipient;
    let methods = [
      ...(responseUrl !== null && mayPostTo(responseUrl, apiUrl)
        ? [viaResponseUrl(fetch, responseUrl, recipient)]
        : []),
      // A click on the App Home has no channel, so the reply is a direct message.
      channel === null ? viaDirectMessage(web, recipient) : viaEphemeralMessage(web, channel, recipient),
    ];
    for (const pauseMs of [...RETRY_AFTER_MS, null]) {
      const failed: ReplyMethod[] = [];
      for (const method of methods) {
        const outcome = await method(content);
        if (outcome === "delivered") return;
        if (outcome === "failed") failed.push(method);
      }
      methods = failed;
      if (methods.length === 0 || pauseMs === null) break;
      // Slack does not say when it recovers, and a retry at once would fail the same way.
      await wait(pauseMs);
    }
    log.warn("slack.person_not_told", { why: "slack" });
  };
}

/** `refused`: Slack will refuse it again. `failed`: a retry may succeed, though the reply may have arrived already. */
type ReplyMethod = (content: ReplyContent) => Promise<"delivered" | "refused" | "failed">;

const viaEphemeralMessage =
  (web: WebClient, channel: string, { user, threadTs }: Recipient): ReplyMethod =>
  async (content) => {
    try {
      await web.chat.postEphemeral({
        channel,
        user,
        text: content.text,
        ...(content.blocks === undefined ? {} : { blocks: [...content.blocks] }),
        ...(threadTs === null ? {} : { thread_ts: threadTs }),
      });
      return "delivered";
    } catch (fault) {
      return classify(fault).kind === "refused" ? "refused" : "failed";
    }
  };

const viaDirectMessage =
  (web: WebClient, { user }: Recipient): ReplyMethod =>
  async (content) => {
    try {
      const { channel } = await web.conversations.open({ users: user });
      if (channel?.id === undefined) return "failed";
      await web.chat.postMessage({
        channel: channel.id,
        text: content.text,
        ...(content.blocks === undefined ? {} : { blocks: [...content.blocks] }),
        unfurl_links: false,
      });
      return "delivered";
    } catch (fault) {
      return classify(fault).kind === "refused" ? "refused" : "failed";
    }
  };

/** Allows only Slack's hosts, so that people's texts are never sent elsewhere. */
export function mayPostTo(responseUrl: string, apiUrl: string | undefined): boolean {
  const url = new URL(responseUrl);
  if (apiUrl !== undefined && url.origin === new URL(apiUrl).origin) return true;
  return url.protocol === "https:" && url.port === "" && RESPONSE_HOSTS.has(url.hostname);
}

const viaResponseUrl =
  (fetch: Fetch, url: string, { threadTs }: Recipient): ReplyMethod =>
  async (content) => {
    const body = { response_type: "ephemeral", replace_original: false, ...content };
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify(threadTs === null ? body : { ...body, thread_ts: threadTs }),
        redirect: "error",
        signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
      });
      await response.body?.cancel();
      if (response.ok) return "delivered";
      return response.status === 429 || response.status >= 500 ? "failed" : "refused";
    } catch {
      return "failed";
    }
  };
