import type { ActionsBlock, KnownBlock } from "@slack/types";
import { bypassName } from "../../domain/events/names.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { Listing } from "../../usecases/api.js";
import type { BypassSummary } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { dateToken, duration, remaining, secondsBetween } from "../block-kit/dates.js";
import { escapeTo, sentenceList } from "../block-kit/escape.js";
import { roleName } from "../block-kit/mentions.js";
import type { ReplyContent } from "../interactions/ephemeral-reply.js";
import type { SlashCommand } from "../interactions/payloads.js";
import type { HandlerContext } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { buttonRow } from "../messages/buttons.js";
import { drillMark } from "../messages/context.js";
import { refusalText } from "../refusals.js";

/** Slack allows 50 blocks in a message; each bypass takes two. */
const MOST_SHOWN = 20;
const MOST_GATES = 6;

/** `status`: requested and active bypasses, with the time left and the buttons that apply. */
export async function showStatus({ breakglass }: HandlerContext, command: SlashCommand, reply: Reply): Promise<void> {
  const listing = await breakglass.status({ user: command.user });
  const inForce = breakglass.inForce();
  if (!listing.ok) {
    return reply.tell({
      text: refusalText({ tried: "look", refusal: listing, n: null, record: null, inForce, style: "mrkdwn" }),
    });
  }
  await reply.tell(statusMessage(listing, command.user, inForce.policy));
}

/**
 * Shows id, gates, state and times, which everybody may read. `show` checks who may read more.
 * @param viewer the account that asks; its own bypasses get different buttons
 */
export function statusMessage(
  { bypasses: open, total, now }: Omit<Extract<Listing, { ok: true }>, "ok">,
  viewer: string,
  policy: Policy,
): ReplyContent {
  if (open.length === 0) {
    return {
      text: "Nothing is open: no bypass is requested or active. `/breakglass` declares one, `/breakglass reviews` lists the open reviews.",
    };
  }
  const shown = open.slice(0, MOST_SHOWN);
  const lines = shown.map((bypass) => line(bypass, now, viewer, policy));
  const left = total - shown.length;
  const more = left === 0 ? "" : ` ${left} older ones are not listed here; \`/breakglass show BG-n\` tells of each.`;
  const head = `${total} open as of ${dateToken(now.toISOString(), "time")}. \`/breakglass show BG-n\` tells who asks and why.${more}`;
  return {
    text: [head, ...lines].join("\n"),
    blocks: [section(head, "status"), ...statusBlocks(shown, now, viewer, policy, "status")],
  };
}

/**
 * Each bypass as a line with its buttons.
 * @param place prefix of the block ids, which must differ between lists in one view
 */
export function statusBlocks(
  bypasses: readonly BypassSummary[],
  now: Date,
  viewer: string,
  policy: Policy,
  place: string,
): KnownBlock[] {
  return bypasses.flatMap((bypass): KnownBlock[] => [
    section(line(bypass, now, viewer, policy), `${place}-${bypass.n}`),
    buttons(bypass, viewer, place),
  ]);
}

function line(bypass: BypassSummary, now: Date, viewer: string, policy: Policy): string {
  const named = bypass.gates
    .slice(0, MOST_GATES)
    .map((id) => `${escapeTo(policy.gates[id]?.title ?? id, 90)} (${roleName(id)})`);
  const more = bypass.gates.length - named.length;
  const gates = sentenceList(more > 0 ? [...named, `${more} more`] : named);
  const mine = bypass.requesterUser === viewer ? ", declared by you" : "";
  return `${drillMark(bypass)}*${bypassName(bypass.n)}* *${bypass.status}*${mine}: ${gates}. ${times(bypass, now)}`;
}

function times(bypass: BypassSummary, now: Date): string {
  if (bypass.status === "active" && bypass.endsAt !== null) {
    const left = secondsBetween(now, bypass.endsAt);
    return left === 0
      ? `Ended ${dateToken(bypass.endsAt)}.`
      : `${remaining(left)} left, until ${dateToken(bypass.endsAt)}.`;
  }
  const waited = secondsBetween(new Date(bypass.declaredAt), now.toISOString());
  return `Waits for an ack for ${duration(waited)}, since ${dateToken(bypass.declaredAt)}.`;
}

/** The buttons for this person. Whether they hold the role is checked at the click. */
function buttons(bypass: BypassSummary, viewer: string, place: string): ActionsBlock {
  const own = bypass.requesterUser === viewer;
  const id = `${place}-${bypass.n}-v${bypass.version}`;
  if (bypass.status === "requested") return buttonRow(id, bypass, own ? ["withdraw"] : ["approve", "deny"]);
  return buttonRow(id, bypass, own ? ["close"] : ["revoke"]);
}
