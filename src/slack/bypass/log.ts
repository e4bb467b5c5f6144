import { bypassName, splitBypassName } from "../../domain/events/names.js";
import { typedBypass } from "../../usecases/ports/bypass-ref.js";
import { asTyped, isLoggedAsItIs, isLogLine, withoutLogMark } from "../interactions/log-line.js";
import type { Delivered, SlashCommand } from "../interactions/payloads.js";
import type { HandlerContext, Handlers } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { refusalSentence } from "./act.js";

/** `log BG-42 text`: adds a log line to the bypass; `log! BG-42 text` even if it looks like a secret. */
export async function logByCommand(
  { breakglass }: HandlerContext,
  command: Delivered<SlashCommand>,
  rest: string,
  reply: Reply,
  asItIs: boolean,
): Promise<void> {
  const named = splitBypassName(rest);
  if (named === null || named.rest === "") {
    return reply.tell({
      text: "Not logged: say which bypass and what was done, as in `/breakglass log BG-42 restarted the queue`.",
    });
  }
  const { n, rest: line } = named;
  const answer = await breakglass.act(
    command,
    typedBypass(n),
    { type: "log", line, via: "command", confirmed: asItIs ? [line] : [] },
    command.commandId,
  );
  await reply.tell({ text: answer.ok ? `Logged to ${bypassName(n)}.` : refusalSentence(breakglass, n, "log", answer) });
}

const NO_BYPASS =
  "Not logged: no bypass on record has its alert here. If this message is an alert, either it was posted this very moment, or a backup was restored since and the bypass is lost. `/breakglass status` lists what is open, and `/breakglass log BG-42 …` logs to a bypass by its number.";

/** Records a reply in an alert's thread that starts with `log:` or `log!:`. Ignores other messages. */
export function logByThread({ breakglass, home }: HandlerContext): Handlers["events"]["message"] {
  return async (message, replyEphemerally) => {
    if (!isLogLine(message.text)) return;
    const recipient = { user: message.user, channel: message.channel, threadTs: message.threadTs, responseUrl: null };
    const ref = await breakglass.ofThread(message.channel, message.threadTs);
    if (ref === null) {
      // Threads of other people's messages are none of our business.
      const bot = (await home())?.botUserId ?? null;
      if (bot !== null && message.parentUser === bot) await replyEphemerally(recipient, { text: NO_BYPASS });
      return;
    }
    const line = withoutLogMark(asTyped(message.text));
    const confirmed = isLoggedAsItIs(message.text) ? [line] : [];
    const answer = await breakglass.act(
      message,
      ref,
      { type: "log", line, via: "thread", confirmed },
      message.commandId,
    );
    // A redelivery by Slack: the person has already had a reply.
    if (answer.ok && answer.duplicate) return;
    const { n } = ref;
    await replyEphemerally(recipient, {
      text: answer.ok ? `Logged to ${bypassName(n)}.` : refusalSentence(breakglass, n, "log", answer),
    });
  };
}
