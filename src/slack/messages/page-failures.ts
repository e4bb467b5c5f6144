import type { KnownBlock } from "@slack/types";
import { escapeTo, joinWithin } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";
import { mention } from "../block-kit/mentions.js";
import { calledRole, callsNobody, type MessageContext, WAKES_NOBODY } from "./context.js";
import { messageSection } from "./request.js";

const MOST_FAILURES = 8;

/** Pages that failed, so that somebody can reach those people another way. */
export function pageFailures(context: MessageContext): KnownBlock[] {
  const failures = context.record.state.pageFailures;
  if (failures.length === 0) return [];
  const named = failures.map(({ user, role, via, code }) => {
    const who = user !== null ? mention(user) : role !== null ? calledRole(context, role) : "somebody";
    return `${who} (${escapeTo(via, 40)}: ${escapeTo(code, 80)})`;
  });
  return [
    messageSection(
      context,
      "failures",
      `*Could not be paged:* ${joinWithin([...new Set(named)].slice(-MOST_FAILURES), LIMITS.sectionText - 100, ", ")}. ${callsNobody(context) ? WAKES_NOBODY : "Reach them another way."}`,
    ),
  ];
}
