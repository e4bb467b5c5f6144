import type { KnownBlock } from "@slack/types";
import { bypassName, reviewName } from "../../domain/events/names.js";
import type { Listing } from "../../usecases/api.js";
import type { BypassSummary } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { dueWords } from "../block-kit/dates.js";
import { joinWithin } from "../block-kit/escape.js";
import { roleName } from "../block-kit/mentions.js";
import type { SlashCommand } from "../interactions/payloads.js";
import type { HandlerContext } from "../interactions/register.js";
import type { Reply } from "../interactions/replies.js";
import { buttonRow } from "../messages/buttons.js";
import { drillMark } from "../messages/context.js";
import { refusalText } from "../refusals.js";

const TEXT_MAX = 3500;

type Reviews = Omit<Extract<Listing, { ok: true }>, "ok">;

/** `reviews`: the open reviews, by due date. */
export async function showReviews({ breakglass }: HandlerContext, command: SlashCommand, reply: Reply): Promise<void> {
  const listing = await breakglass.reviews({ user: command.user });
  if (!listing.ok) {
    const attempt = { tried: "look", refusal: listing, n: null, record: null, style: "mrkdwn" } as const;
    return reply.tell({ text: refusalText({ ...attempt, inForce: breakglass.inForce() }) });
  }
  const text = reviewsText(listing);
  await reply.tell(listing.total === 0 ? { text } : { text, blocks: reviewBlocks(listing) });
}

/** Slack allows 50 blocks in a message; each review takes two. */
const MOST_SHOWN = 20;

/** Each review with its button. Whether a person may write it is checked at the click. */
function reviewBlocks({ bypasses: open, total, now }: Reviews): KnownBlock[] {
  const left = total - Math.min(open.length, MOST_SHOWN);
  const head = `*${total} open*, the one due first on top.${left > 0 ? ` ${left} later ones are not shown here.` : ""}`;
  return [
    section(head, "reviews"),
    ...open.slice(0, MOST_SHOWN).flatMap((bypass): KnownBlock[] => [
      section(line(bypass, now), `review-${bypass.n}`),
      // A review is written after the bypass has ended.
      ...(bypass.endedAt === null ? [] : [buttonRow(`review-${bypass.n}-v${bypass.version}`, bypass, ["writeReview"])]),
    ]),
  ];
}

/** Each open review with its due date and the role of its reviewer. */
export function reviewsText({ bypasses: open, total, now }: Reviews): string {
  if (open.length === 0)
    return "No review is open. Each bypass gets one at its declaration; those that are open are listed here.";
  const lines = open.map((bypass) => line(bypass, now));
  return joinWithin([`${total} open, the one due first on top.`, ...lines], TEXT_MAX, "\n");
}

const line = (bypass: BypassSummary, now: Date): string =>
  `${drillMark(bypass)}*${reviewName(bypass.n)}* of ${bypassName(bypass.n)} (*${bypass.status}*), by ${roleName(bypass.reviewerRole)}: ${dueWords(bypass.reviewDueAt, now.toISOString())}`;
