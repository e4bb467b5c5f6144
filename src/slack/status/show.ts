import { parseBypassName } from "../../domain/bypass/number.js";
import type { BypassRecord } from "../../usecases/ports.js";
import { whyRefused } from "../bypass/act.js";
import { recordMessage } from "../messages/record.js";
import type { Slash } from "../receiver/payloads.js";
import type { Tools } from "../receiver/tools.js";
import type { Reply } from "../respond.js";

/** `show BG-42`: who, what, when, why, links and timeline, as far as this person may see them. */
export async function showRecord({ breakglass }: Tools, slash: Slash, rest: string, reply: Reply): Promise<void> {
  const n = parseBypassName(rest);
  if (n === null)
    return reply.tell({
      text: "Not shown: say which bypass, as in `/breakglass show BG-42`. `/breakglass status` lists what is open.",
    });
  const shown = await breakglass.show({ user: slash.user }, n);
  if (!shown.ok) return reply.tell({ text: whyRefused(breakglass, n, "look", { refusal: shown.refusal, record: null }) });
  const { seen } = shown;
  await reply.tell(recordMessage(seen, breakglass.inForce().policy, alertLink(seen.record)));
}

/** Slack's own address for a message, which needs no call. */
function alertLink({ state }: BypassRecord): string | null {
  const { alert } = state;
  if (alert === null || "failed" in alert) return null;
  return `https://slack.com/app_redirect?${new URLSearchParams({ channel: alert.channel, message_ts: alert.ts })}`;
}
