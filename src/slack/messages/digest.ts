import type { Policy } from "../../domain/policy/policy.js";
import type { NoticeContent } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { dateToken, duration } from "../block-kit/dates.js";
import { escapeTo, joinWithin, sentenceList } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";
import type { MessageBody } from "./context.js";
import { gateName } from "./gate.js";

type Digest = Extract<NoticeContent, { kind: "digest" }>;

const MOST_LINES = 10;

/** The week in numbers: bypasses, reviews, gates and acks. About gates and paths, never about a person. */
export function digestMessage(content: Digest, policy: Policy): MessageBody {
  const head = `*Breakglass, the week until ${dateToken(content.slot, "date")}*`;
  const parts = [bypasses(content), reviews(content), gates(content, policy), acks(content, policy)].filter(
    (part) => part !== "",
  );
  return {
    text: joinWithin([head, ...parts], LIMITS.messageText, "\n").replaceAll("*", ""),
    blocks: [section(head, "digest-head"), ...parts.map((part, index) => section(part, `digest-part-${index}`))],
  };
}

function bypasses({ counts }: Digest): string {
  const found = Object.entries(counts.bypasses);
  const all = found.reduce((sum, [, count]) => sum + count, 0);
  const drills = counts.drills === 0 ? "" : ` Drills: ${counts.drills}.`;
  if (all === 0) return `*Bypasses:* none.${drills}`;
  return `*Bypasses:* ${all} (${sentenceList(found.map(([status, count]) => `${count} ${status}`))}).${drills}`;
}

function reviews({ counts }: Digest): string {
  const { reviewsDue, reviewsSubmitted, reviewsOverdue, actionsOpen, actionsOverdue } = counts;
  const overdue = reviewsOverdue === 0 ? "none overdue" : `*${reviewsOverdue} overdue*`;
  const late = actionsOverdue === 0 ? "none overdue" : `*${actionsOverdue} overdue*`;
  return `*Reviews:* ${reviewsDue} came due, ${reviewsSubmitted} written, ${overdue}.\n*Actions:* ${actionsOpen} open, ${late}.`;
}

function gates({ readings }: Digest, policy: Policy): string {
  if (readings.length === 0) return "*Gates:* all healthy.";
  const lines = readings.map(
    ({ gate, temperature, count }) =>
      `• ${gateName(policy, gate)}: *${temperature}*, ${count === 1 ? "1 bypass" : `${count} bypasses`}`,
  );
  return list("*Gates that are not well:*", lines);
}

function acks({ acks: figures }: Digest, policy: Policy): string {
  if (figures.length === 0) return "";
  const lines = figures.map(({ path, acks, medianSeconds, pairShare }) => {
    const title = escapeTo(policy.paths[path]?.title ?? path, 90);
    return `• ${title}: ${duration(medianSeconds)} to the ack at the median; ${Math.round(pairShare * 100)} % of ${acks === 1 ? "1 ack" : `${acks} acks`} came from the most frequent pair of requester and approver`;
  });
  return list("*Acks:*", lines);
}

/** The first lines under their head, and how many more there are. */
function list(head: string, lines: readonly string[]): string {
  const left = lines.length - MOST_LINES;
  return [head, ...lines.slice(0, MOST_LINES), ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
}
