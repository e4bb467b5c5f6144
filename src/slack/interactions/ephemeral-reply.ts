import type { AnyBlock } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Log } from "../../usecases/ports/ports.js";
import { classify } from "../delivery/classify.js";

/** What one person is shown. `text` says it all by itself, for notifications and screen readers. */
export interface ReplyContent {
  readonly text: string;
  readonly blocks?: readonly AnyBlock[];
}

/** Whom to reply to, and where that person is. */
export interface Recipient {
  readonly user: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly responseUrl: string | null;
}

/** Shows one person something that nobody else sees. Never throws: there is nothing left to do about a failure. */
export type EphemeralReply = (recipient: Recipient, content: ReplyContent) => Promise<void>;

const RESPONSE_HOSTS = new Set(["hooks.slack.com", "hooks.slack-gov.com"]);
const RESPONSE_TIMEOUT_MS = 2_000;
/** Pauses before the retries: a moment, then long enough for a short fault to pass. */
const RETRY_AFTER_MS = [250, 2_000] as const;

/**
 * Replies by the response URL, which works in channels that the bot is not in; without one, or when it fails, by an
 * ephemeral message. Retries what fails without a refusal: a person who is told twice is better off than one who is told
 * nothing.
 * @param apiUrl a response URL on this host is allowed too
 */
export function createEphemeralReply(web: WebClient, apiUrl: string | undefined, log: Log): EphemeralReply {
  return async (recipient, content) => {
    const { channel, responseUrl } = recipient;
    let ways = [
      ...(responseUrl !== null && mayPostTo(responseUrl, apiUrl) ? [byUrl(responseUrl, recipient)] : []),
      // A click on the App Home has no channel, so the reply is a direct message.
      channel === null ? byDirect(web, recipient) : byMessage(web, channel, recipient),
    ];
    for (const pauseMs of [...RETRY_AFTER_MS, null]) {
      const open: Way[] = [];
      for (const way of ways) {
        const outcome = await way(content);
        if (outcome === "told") return;
        if (outcome === "failed") open.push(way);
      }
      ways = open;
      if (ways.length === 0 || pauseMs === null) break;
      // Slack does not say when it recovers, and a retry at once would fail the same way.
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    log.warn("slack.person_not_told", { why: "slack" });
  };
}

/** `refused`: Slack says no and will say no again. `failed`: a retry may work, and this one may even have arrived. */
type Way = (content: ReplyContent) => Promise<"told" | "refused" | "failed">;

const byMessage =
  (web: WebClient, channel: string, { user, threadTs }: Recipient): Way =>
  async (content) => {
    try {
      await web.chat.postEphemeral({
        channel,
        user,
        text: content.text,
        ...(content.blocks === undefined ? {} : { blocks: [...content.blocks] }),
        ...(threadTs === null ? {} : { thread_ts: threadTs }),
      });
      return "told";
    } catch (fault) {
      return classify(fault).kind === "refused" ? "refused" : "failed";
    }
  };

const byDirect =
  (web: WebClient, { user }: Recipient): Way =>
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
      return "told";
    } catch (fault) {
      return classify(fault).kind === "refused" ? "refused" : "failed";
    }
  };

/** Only Slack's own hosts, so that what people write is never sent elsewhere. */
export function mayPostTo(responseUrl: string, apiUrl: string | undefined): boolean {
  const url = new URL(responseUrl);
  if (apiUrl !== undefined && url.origin === new URL(apiUrl).origin) return true;
  return url.protocol === "https:" && url.port === "" && RESPONSE_HOSTS.has(url.hostname);
}

const byUrl =
  (url: string, { threadTs }: Recipient): Way =>
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
      if (response.ok) return "told";
      return response.status === 429 || response.status >= 500 ? "failed" : "refused";
    } catch {
      return "failed";
    }
  };
