import { parseBypassName } from "../../domain/bypass/number.js";
import type { HandlerContext } from "../interactions/context.js";
import type { Reply } from "../interactions/ephemeral-reply.js";
import type { SlashCommand } from "../interactions/payloads.js";
import { refusalSentence, statusNow } from "./act.js";

/** `close BG-42`: what the Close button does, for whoever cannot find it. */
export async function closeByCommand(
  { breakglass }: HandlerContext,
  command: SlashCommand,
  rest: string,
  reply: Reply,
): Promise<void> {
  const n = parseBypassName(rest);
  if (n === null) return reply.tell({ text: "Not closed: say which bypass, as in `/breakglass close BG-42`." });
  const answer = await breakglass.act({ user: command.user }, n, { type: "close" }, command.commandId);
  await reply.tell({
    text: answer.ok ? statusNow(breakglass, answer) : refusalSentence(breakglass, n, "close", answer),
  });
}
