import type { AnyBlock } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Log } from "../../usecases/ports.js";
import { classify } from "../delivery/classify.js";
import type { AckOnce } from "../transport/ack.js";

/** What one person is shown. `text` says it all by itself, for notifications and screen readers. */
export interface ReplyContent {
  readonly text: string;
  readonly blocks?: readonly AnyBlock[];
}

/** Where a person stands who is to be told something. */
export interface Recipient {
  readonly user: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly responseUrl: string | null;
}

/** Tells one person something that nobody else sees. Never throws: there is nothing left to do about it. */
export type EphemeralReply = (place: Recipient, content: ReplyContent) => Promise<void>;

const RESPONSE_HOSTS = new Set(["hooks.slack.com", "hooks.slack-gov.com"]);
const RESPONSE_TIMEOUT_MS = 2_000;
/** How long to wait before both ways are tried again: a moment, and then long enough for a short fault to pass. */
const AGAIN_AFTER_MS = [250, 2_000] as const;

/**
 * By the response URL, which works in channels that the bot is not in; where there is none or it fails, as an ephemeral
 * message. What fails without a refusal is tried again: a person who is told twice is better off than one who is told
 * nothing.
 * @param apiUrl a response URL may also have this one's host
 */
export function createEphemeralReply(web: WebClient, apiUrl: string | undefined, log: Log): EphemeralReply {
  return async (place, content) => {
    let ways = [
      ...(place.responseUrl !== null && mayPostTo(place.responseUrl, apiUrl) ? [byUrl(place.responseUrl, place)] : []),
      // Pressed on the App Home, which is no channel: then by direct message.
      place.channel === null ? byDirect(web, place) : byMessage(web, place.channel, place),
    ];
    for (const pauseMs of [...AGAIN_AFTER_MS, null]) {
      const open: Way[] = [];
      for (const way of ways) {
        const outcome = await way(content);
        if (outcome === "told") return;
        if (outcome === "failed") open.push(way);
      }
      ways = open;
      if (ways.length === 0 || pauseMs === null) break;
      // What Slack could not take just now it will hardly take in the same moment; nobody tells when it can.
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    log.warn("slack.person_not_told", { why: "slack" });
  };
}

/** `refused`: Slack says no and will say no again. `failed`: it may work the next time, and may even have worked. */
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

/** Only Slack's own hosts, so that nothing that people say is ever sent elsewhere. */
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

/** How a listener answers whoever typed a command or pressed a button. */
export interface Reply {
  /** Sets what is said when this takes longer than Slack waits. */
  ifLate(text: string): void;
  /** Ends the waiting without a word: what has happened is seen elsewhere. */
  done(): void;
  /** Ends the waiting and tells the person alone. */
  tell(content: ReplyContent): Promise<void>;
}

/** A slash command's answer can hold the words itself, which needs no call that could fail. */
export function slashCommandReply(ack: AckOnce, replyEphemerally: EphemeralReply, place: Recipient): Reply {
  return replyWith(ack, async (content) => {
    if (!ack.answer({ response_type: "ephemeral", ...content })) await replyEphemerally(place, content);
  });
}

/** Slack shows nothing of the answer to a press, so the words go the other way. */
export function blockActionReply(ack: AckOnce, replyEphemerally: EphemeralReply, place: Recipient): Reply {
  return replyWith(ack, async (content) => {
    ack.answer();
    await replyEphemerally(place, content);
  });
}

function replyWith(ack: AckOnce, tell: Reply["tell"]): Reply {
  return {
    ifLate: (text) => {
      ack.lateText = text;
    },
    done: () => void ack.answer(),
    tell,
  };
}
