import { readBypassName } from "../../domain/events/names.js";
import { typedBypass } from "../../usecases/ports/bypass-ref.js";
import type { BypassRecord, Posted } from "../../usecases/ports/ports.js";
import { refusalSentence } from "../bypass/act.js";
import { permalink } from "../directory/workspace.js";
import type { SlashCommand } from "../interactions/payloads.js";
import type { HandlerContext } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { recordMessage } from "../messages/show-record.js";

/** `show BG-42`: who, what, when, why, links and timeline, as far as this person may see them. */
export async function showRecord(
  { breakglass, home }: HandlerContext,
  command: SlashCommand,
  rest: string,
  reply: Reply,
): Promise<void> {
  const n = readBypassName(rest);
  if (n === null)
    return reply.tell({
      text: "Not shown: say which bypass, as in `/breakglass show BG-42`. `/breakglass status` lists what is open.",
    });
  const shown = await breakglass.show({ user: command.user }, typedBypass(n));
  if (!shown.ok)
    return reply.tell({ text: refusalSentence(breakglass, n, "look", { refusal: shown.refusal, record: null }) });
  const { seen } = shown;
  const alert = postedAlert(seen.record);
  const link = alert === null ? null : permalink(await home(), alert);
  await reply.tell(recordMessage(seen, breakglass.inForce().policy, link));
}

/** The posted alert; `null` when there is none yet or posting failed. */
function postedAlert({ state }: BypassRecord): Posted | null {
  const { alert } = state;
  return alert === null || "failed" in alert ? null : alert;
}
