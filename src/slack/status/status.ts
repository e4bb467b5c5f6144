import type { ActionsBlock, KnownBlock } from "@slack/types";
import { bypassName } from "../../domain/events/names.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { BypassSummary } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { dateToken, duration, remaining, secondsBetween } from "../block-kit/dates.js";
import { escapeTo, sentenceList } from "../block-kit/escape.js";
import { roleName } from "../block-kit/mentions.js";
import type { ReplyContent } from "../interactions/ephemeral-reply.js";
import type { HandlerContext } from "../interactions/handlers.js";
import type { SlashCommand } from "../interactions/payloads.js";
import type { Reply } from "../interactions/replies.js";
import { buttonRow } from "../messages/buttons.js";
import { drillMark } from "../messages/context.js";
import { refusalText } from "../refusals.js";

/** A message takes 50 blocks; each bypass takes two. */
const MOST_SHOWN = 20;
const MOST_GATES = 6;

/** `status`: what is requested or active, with time left and the buttons that apply. */
export async function showStatus({ breakglass }: HandlerContext, command: SlashCommand, reply: Reply): Promise<void> {
  const listing = await breakglass.status({ user: command.user });
  const inForce = breakglass.inForce();
  if (!listing.ok) {
    const refusal = { code: listing.code };
    return reply.tell({
      text: refusalText({ tried: "look", refusal, n: null, record: null, inForce, style: "mrkdwn" }),
    });
  }
  await reply.tell(statusMessage(listing.bypasses, listing.now, command.user, inForce.policy));
}

/**
 * Shows id, gates, state and times, which everybody may read; `show` decides who may read more.
 * @param viewer the account that asks, whose own bypasses get other buttons
 */
export function statusMessage(open: readonly BypassSummary[], now: Date, viewer: string, policy: Policy): ReplyContent {
  if (open.length === 0) {
    return {
      text: "Nothing is open: no bypass is requested or active. `/breakglass` declares one, `/breakglass reviews` lists the open reviews.",
    };
  }
  const shown = open.slice(0, MOST_SHOWN);
  const lines = shown.map((one) => line(one, now, viewer, policy));
  const left = open.length - shown.length;
  const more = left === 0 ? "" : ` ${left} older ones are not listed here; \`/breakglass show BG-n\` tells of each.`;
  const head = `${open.length} open as of ${dateToken(now.toISOString(), "time")}. \`/breakglass show BG-n\` tells who asks and why.${more}`;
  return {
    text: [head, ...lines].join("\n"),
    blocks: [section(head, "status"), ...statusBlocks(shown, now, viewer, policy, "status")],
  };
}

/** Each bypass as a line and its buttons. @param place keeps block ids apart where one view holds several lists */
export function statusBlocks(
  bypasses: readonly BypassSummary[],
  now: Date,
  viewer: string,
  policy: Policy,
  place: string,
): KnownBlock[] {
  return bypasses.flatMap((one): KnownBlock[] => [
    section(line(one, now, viewer, policy), `${place}-${one.n}`),
    buttons(one, viewer, place),
  ]);
}

function line(one: BypassSummary, now: Date, viewer: string, policy: Policy): string {
  const named = one.gates
    .slice(0, MOST_GATES)
    .map((id) => `${escapeTo(policy.gates[id]?.title ?? id, 90)} (${roleName(id)})`);
  const more = one.gates.length - named.length;
  const gates = sentenceList(more > 0 ? [...named, `${more} more`] : named);
  const mine = one.requesterUser === viewer ? ", declared by you" : "";
  return `${drillMark(one)}*${bypassName(one.n)}* *${one.status}*${mine}: ${gates}. ${times(one, now)}`;
}

function times(one: BypassSummary, now: Date): string {
  if (one.status === "active" && one.endsAt !== null) {
    const left = secondsBetween(now, one.endsAt);
    return left === 0 ? `Ended ${dateToken(one.endsAt)}.` : `${remaining(left)} left, until ${dateToken(one.endsAt)}.`;
  }
  const waited = secondsBetween(new Date(one.declaredAt), now.toISOString());
  return `Waits for an ack for ${duration(waited)}, since ${dateToken(one.declaredAt)}.`;
}

/** The buttons for this person; whether they hold the role is checked at the click. */
function buttons(one: BypassSummary, viewer: string, place: string): ActionsBlock {
  const own = one.requesterUser === viewer;
  const id = `${place}-${one.n}-v${one.version}`;
  if (one.status === "requested") return buttonRow(id, one, own ? ["withdraw"] : ["approve", "deny"]);
  return buttonRow(id, one, own ? ["close"] : ["revoke"]);
}
