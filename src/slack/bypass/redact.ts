import { bypassName } from "../../domain/events/names.js";
import type { Redaction } from "../../usecases/api.js";
import type { Delivered, SlashCommand } from "../interactions/payloads.js";
import type { HandlerContext } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { refusalText } from "../refusals.js";

const FIELDS: readonly Redaction["what"][] = ["reason", "target", "line", "lesson", "origin"];

const USAGE =
  "Not redacted: say which entry, which of its texts (reason, target, line, lesson or origin), and why, as in `/breakglass redact 57 reason a token was pasted`. The numbers of entries stand in the timeline of `/breakglass show`, and for a gate in `/breakglass stats GATE`.";

/** A bot cannot delete a line that a person typed in the thread. */
const THREAD_MESSAGE_STAYS =
  "If the line was typed in the alert's thread, that message still shows it: whoever wrote it must delete it there.";
const REPLACE_SECRETS = "If it was a secret, replace it where it is in use: it has been in a chat.";

/** `redact 57 reason why…`: permanently removes one text of one entry. */
export async function redactByCommand(
  { breakglass }: HandlerContext,
  command: Delivered<SlashCommand>,
  rest: string,
  reply: Reply,
  asItIs: boolean,
): Promise<void> {
  const redaction = readRedaction(rest);
  if (redaction === null) return reply.tell({ text: USAGE });
  const confirmed = asItIs ? [redaction.why] : [];
  const answer = await breakglass.redact(command, { ...redaction, confirmed }, command.commandId);
  if (answer.ok) {
    const done = `In the trail the ${redaction.what} of entry ${redaction.seq} is gone for good; the entry and the chain stand.`;
    // No message shows an origin.
    if (redaction.what === "origin") return reply.tell({ text: `${done} ${REPLACE_SECRETS}` });
    const about = answer.n === null ? "about the gate" : `of ${bypassName(answer.n)}`;
    const redrawn = `The messages ${about} are drawn again without it.`;
    const typedMessage = redaction.what === "line" ? ` ${THREAD_MESSAGE_STAYS}` : "";
    return reply.tell({ text: `${done} ${redrawn}${typedMessage} ${REPLACE_SECRETS}` });
  }
  const inForce = breakglass.inForce();
  const askRoles = inForce.policy.rights.redact;
  const attempt = { tried: "redact", refusal: answer.refusal, n: null, record: null, inForce, askRoles } as const;
  await reply.tell({ text: refusalText({ ...attempt, style: "mrkdwn" }) });
}

/** Returns `null` unless it is clear which text is meant, because a redaction cannot be undone. */
export function readRedaction(text: string): Redaction | null {
  const match = /^([1-9]\d{0,14})\s+(reason|target|line|lesson|origin)\s+(\S[\s\S]*)$/i.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) return null;
  const what = match[2].toLowerCase();
  const known = FIELDS.find((field) => field === what);
  return known === undefined ? null : { seq: Number(match[1]), what: known, why: match[3] };
}
