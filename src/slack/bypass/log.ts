import { bypassName, splitBypassName } from "../../domain/events/names.js";
import { isLogLine, type SlashCommand, withoutLogMark } from "../interactions/payloads.js";
import type { HandlerContext, Handlers } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { refusalSentence } from "./act.js";

/** `log BG-42 text`: adds a log line to the bypass. */
export async function logByCommand(
  { breakglass }: HandlerContext,
  command: SlashCommand,
  rest: string,
  reply: Reply,
): Promise<void> {
  const named = splitBypassName(rest);
  if (named === null || named.rest === "") {
    return reply.tell({
      text: "Not logged: say which bypass and what was done, as in `/breakglass log BG-42 restarted the queue`.",
    });
  }
  const { n, rest: line } = named;
  const answer = await breakglass.act(
    { user: command.user },
    n,
    { type: "log", line, via: "command" },
    command.commandId,
  );
  await reply.tell({ text: answer.ok ? `Logged to ${bypassName(n)}.` : refusalSentence(breakglass, n, "log", answer) });
}

/** Records a reply in an alert's thread that starts with `log:`. Ignores other messages. */
export function logByThread({ breakglass }: HandlerContext): Handlers["events"]["message"] {
  return async (message, replyEphemerally) => {
    if (!isLogLine(message.text)) return;
    const n = await breakglass.ofThread(message.channel, message.threadTs);
    if (n === null) return;
    const line = withoutLogMark(asTyped(message.text));
    const answer = await breakglass.act(
      { user: message.user },
      n,
      { type: "log", line, via: "thread" },
      message.commandId,
    );
    // A redelivery by Slack: the person has already had a reply.
    if (answer.ok && answer.duplicate) return;
    const recipient = { user: message.user, channel: message.channel, threadTs: message.threadTs, responseUrl: null };
    await replyEphemerally(recipient, {
      text: answer.ok ? `Logged to ${bypassName(n)}.` : refusalSentence(breakglass, n, "log", answer),
    });
  };
}

/** A message as the person typed it: without Slack's markup for links and mentions, and without escapes. */
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
