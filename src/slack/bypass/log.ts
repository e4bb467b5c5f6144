import { bypassName, parseBypassName } from "../../domain/bypass/number.js";
import type { HandlerContext } from "../interactions/context.js";
import type { Reply } from "../interactions/ephemeral-reply.js";
import type { Handlers } from "../interactions/handlers.js";
import type { SlashCommand } from "../interactions/payloads.js";
import { refusalSentence } from "./act.js";

/** `log BG-42 text`. */
export async function logByCommand(
  { breakglass }: HandlerContext,
  command: SlashCommand,
  rest: string,
  reply: Reply,
): Promise<void> {
  const [first = "", ...others] = rest.split(/\s+/);
  const n = parseBypassName(first);
  if (n === null || others.length === 0) {
    return reply.tell({
      text: "Not logged: say which bypass and what was done, as in `/breakglass log BG-42 restarted the queue`.",
    });
  }
  const line = rest.slice(first.length).trim();
  const answer = await breakglass.act(
    { user: command.user },
    n,
    { type: "log", line, via: "command" },
    command.commandId,
  );
  await reply.tell({ text: answer.ok ? `Logged to ${bypassName(n)}.` : refusalSentence(breakglass, n, "log", answer) });
}

const LOG_LINE = /^\s*log:\s*/i;

/** Does a reply in a thread ask to be put on record? */
export function isLogLine(text: string): boolean {
  return LOG_LINE.test(text);
}

/** A reply in an alert's thread that starts with `log:`; all other talk is left alone. */
export function logByThread({ breakglass }: HandlerContext): Handlers["events"]["message"] {
  return async (message, replyEphemerally) => {
    if (!isLogLine(message.text)) return;
    const n = await breakglass.ofThread(message.channel, message.threadTs);
    if (n === null) return;
    const line = asTyped(message.text).replace(LOG_LINE, "");
    const answer = await breakglass.act(
      { user: message.user },
      n,
      { type: "log", line, via: "thread" },
      message.commandId,
    );
    // Slack delivered it a second time: the person has been told.
    if (answer.ok && answer.duplicate) return;
    const place = { user: message.user, channel: message.channel, threadTs: message.threadTs, responseUrl: null };
    await replyEphemerally(place, {
      text: answer.ok ? `Logged to ${bypassName(n)}.` : refusalSentence(breakglass, n, "log", answer),
    });
  };
}

/** Slack's writing of a message back to what the person typed: links, mentions, and the three escaped characters. */
export function asTyped(text: string): string {
  return text
    .replace(/<(https?:\/\/[^|>\s]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/<mailto:([^|>\s]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/<#[A-Z0-9]+\|([^>]*)>/g, "#$1")
    .replace(/<!subteam\^[A-Z0-9]+\|@?([^>]*)>/g, "@$1")
    .replace(/<[@#!]([^|>]+)(?:\|[^>]*)?>/g, "@$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
