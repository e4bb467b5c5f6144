import { bypassName } from "../../domain/events/names.js";
import type { Redaction } from "../../usecases/api.js";
import type { HandlerContext } from "../interactions/handlers.js";
import type { SlashCommand } from "../interactions/payloads.js";
import type { Reply } from "../interactions/replies.js";
import { refusalText } from "../refusals.js";

const WHAT: readonly Redaction["what"][] = ["reason", "target", "line", "lesson"];

const HOW =
  "Not redacted: say which entry, which of its texts (reason, target, line or lesson), and why, as in `/breakglass redact 57 reason a token was pasted`. The numbers of entries stand in the timeline of `/breakglass show`, and for a gate in `/breakglass stats GATE`.";

/** A line typed in the thread is the person's own message, which a bot cannot delete. */
const IN_THE_THREAD =
  "If the line was typed in the alert's thread, that message still shows it: whoever wrote it must delete it there.";
const IF_A_SECRET = "If it was a secret, replace it where it is in use: it has been in a chat.";

/** `redact 57 reason why…`: removes one text of one entry for good. */
export async function redactByCommand(
  { breakglass }: HandlerContext,
  command: SlashCommand,
  rest: string,
  reply: Reply,
): Promise<void> {
  const texts = readRedaction(rest);
  if (texts === null) return reply.tell({ text: HOW });
  const answer = await breakglass.redact({ user: command.user }, texts, command.commandId);
  if (answer.ok) {
    const done = `In the trail the ${texts.what} of entry ${texts.seq} is gone for good; the entry and the chain stand. The messages ${answer.n === null ? "about the gate" : `of ${bypassName(answer.n)}`} are drawn again without it.`;
    const typedMessage = texts.what === "line" ? ` ${IN_THE_THREAD}` : "";
    return reply.tell({ text: `${done}${typedMessage} ${IF_A_SECRET}` });
  }
  const inForce = breakglass.inForce();
  const askRoles = inForce.policy.rights.redact;
  const attempt = { tried: "redact", refusal: answer.refusal, n: null, record: null, inForce, askRoles } as const;
  await reply.tell({ text: refusalText({ ...attempt, style: "mrkdwn" }) });
}

/** `null` when it is not clear which text is meant: a redaction cannot be undone. */
export function readRedaction(words: string): Redaction | null {
  const match = /^([1-9]\d{0,14})\s+(reason|target|line|lesson)\s+(\S[\s\S]*)$/i.exec(words.trim());
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) return null;
  const what = match[2].toLowerCase();
  const known = WHAT.find((one) => one === what);
  return known === undefined ? null : { seq: Number(match[1]), what: known, why: match[3] };
}
