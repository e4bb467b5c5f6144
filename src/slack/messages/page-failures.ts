import type { KnownBlock } from "@slack/types";
import type { PageFailure } from "../../domain/bypass/state.js";
import { OFFICE_CLOSED } from "../../domain/notices/effects.js";
import { escapeTo, joinWithin } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";
import { mention } from "../block-kit/mentions.js";
import { calledRole, callsNobody, type MessageContext, WAKES_NOBODY } from "./context.js";
import { messageSection } from "./request.js";

const MOST_FAILURES = 8;

/** Pages that failed, so that somebody can reach those people another way; and those of a drill that were never meant to go out. */
export function pageFailures(context: MessageContext): KnownBlock[] {
  const failures = context.record.state.pageFailures;
  const spared = failures.filter(({ code }) => code === OFFICE_CLOSED);
  const failed = failures.filter(({ code }) => code !== OFFICE_CLOSED);
  const next = callsNobody(context) ? WAKES_NOBODY : "Reach them another way.";
  const why = ({ via, code }: PageFailure): string => ` (${escapeTo(via, 40)}: ${escapeTo(code, 80)})`;
  const lines = [
    ...(spared.length === 0 ? [] : [`*Not paged, outside office hours:* ${named(context, spared, () => "")}.`]),
    ...(failed.length === 0 ? [] : [`*Could not be paged:* ${named(context, failed, why)}. ${next}`]),
  ];
  return lines.length === 0 ? [] : [messageSection(context, "failures", lines.join("\n"))];
}

function named(context: MessageContext, failures: readonly PageFailure[], why: (one: PageFailure) => string): string {
  const names = failures.map((one) => {
    const { user, role } = one;
    const who = user !== null ? mention(user) : role !== null ? calledRole(context, role) : "somebody";
    return `${who}${why(one)}`;
  });
  return joinWithin([...new Set(names)].slice(-MOST_FAILURES), LIMITS.sectionText / 2 - 100, ", ");
}
