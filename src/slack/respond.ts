import type { AnyBlock } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import type { Log } from "../usecases/ports.js";
import type { Answering } from "./receiver/answering.js";

/** What one person is shown. `text` says it all by itself, for notifications and screen readers. */
export interface Told {
  readonly text: string;
  readonly blocks?: readonly AnyBlock[];
}

/** Where a person stands who is to be told something. */
export interface Place {
  readonly user: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly responseUrl: string | null;
}

/** Tells one person something that nobody else sees. Never throws: there is nothing left to do about it. */
export type Whisper = (place: Place, told: Told) => Promise<void>;

const RESPONSE_HOSTS = new Set(["hooks.slack.com", "hooks.slack-gov.com"]);
const RESPONSE_TIMEOUT_MS = 2_000;

/**
 * By the response URL, which works in channels that the bot is not in; where there is none or it fails, as an ephemeral
 * message.
 * @param apiUrl a response URL may also have this one's host
 */
export function createWhisper(web: WebClient, apiUrl: string | undefined, log: Log): Whisper {
  return async (place, told) => {
    if (place.responseUrl !== null && mayPostTo(place.responseUrl, apiUrl)) {
      if (await postResponse(place.responseUrl, place.threadTs, told)) return;
    }
    if (place.channel === null) return log.warn("slack.person_not_told", { why: "no_place" });
    try {
      await web.chat.postEphemeral({
        channel: place.channel,
        user: place.user,
        text: told.text,
        ...(told.blocks === undefined ? {} : { blocks: [...told.blocks] }),
        ...(place.threadTs === null ? {} : { thread_ts: place.threadTs }),
      });
    } catch {
      log.warn("slack.person_not_told", { why: "slack" });
    }
  };
}

/** Only Slack's own hosts, so that nothing that people say is ever sent elsewhere. */
export function mayPostTo(responseUrl: string, apiUrl: string | undefined): boolean {
  const url = new URL(responseUrl);
  if (apiUrl !== undefined && url.origin === new URL(apiUrl).origin) return true;
  return url.protocol === "https:" && url.port === "" && RESPONSE_HOSTS.has(url.hostname);
}

async function postResponse(url: string, threadTs: string | null, told: Told): Promise<boolean> {
  const body = { response_type: "ephemeral", replace_original: false, ...told };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(threadTs === null ? body : { ...body, thread_ts: threadTs }),
      redirect: "error",
      signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** How a listener answers whoever typed a command or pressed a button. */
export interface Reply {
  /** Sets what is said when this takes longer than Slack waits. */
  ifLate(text: string): void;
  /** Ends the waiting without a word: what has happened is seen elsewhere. */
  done(): void;
  /** Ends the waiting and tells the person alone. */
  tell(told: Told): Promise<void>;
}

/** A slash command's answer can hold the words itself, which needs no call that could fail. */
export function slashReply(answering: Answering, whisper: Whisper, place: Place): Reply {
  return {
    ifLate: (text) => {
      answering.lateText = text;
    },
    done: () => void answering.answer(),
    tell: async (told) => {
      if (!answering.answer({ response_type: "ephemeral", ...told })) await whisper(place, told);
    },
  };
}

/** Slack shows nothing of the answer to a press, so the words go the other way. */
export function pressReply(answering: Answering, whisper: Whisper, place: Place): Reply {
  return {
    ifLate: (text) => {
      answering.lateText = text;
    },
    done: () => void answering.answer(),
    tell: async (told) => {
      answering.answer();
      await whisper(place, told);
    },
  };
}
