import type { KnownBlock } from "@slack/types";
import type { BypassEvent } from "../../domain/events/catalogue/catalogue.js";
import type { ShownEntry } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { duration, secondsBetween } from "../block-kit/dates.js";
import { escapeTo } from "../block-kit/escape.js";
import { bullets, richSection, richText, words } from "../block-kit/rich-text.js";
import { gateTitle, type MessageContext } from "../messages/context.js";
import { timelineEntry } from "../messages/timeline.js";
import { usesInRecord } from "../messages/uses.js";

/** The events that a reviewer needs to know; `show` lists the rest. */
const SHOWN: ReadonlySet<BypassEvent["type"]> = new Set<BypassEvent["type"]>([
  "bypass.declared",
  "ack.given",
  "bypass.proceeded_alone",
  "bypass.activated",
  "bypass.logged",
  "bypass.expired",
  "bypass.closed",
  "bypass.revoked",
  "bypass.rejected_late",
  "review.view_added",
  "review.submitted",
  "review.amended",
]);

const MOST_LINES = 25;
const MOST_GATES = 12;

/** The blocks above the form's questions: the timeline, then what was skipped and what the policy asks for instead. */
export function story(context: MessageContext): KnownBlock[] {
  return [timeline(context), skipped(context), ...usesInRecord(context)];
}

function timeline(context: MessageContext): KnownBlock {
  const entries = context.record.entries.filter(({ event }) => SHOWN.has(event.type));
  const left = entries.length - MOST_LINES;
  const shown = left > 0 ? [...entries.slice(0, 5), ...entries.slice(5 - MOST_LINES)] : entries;
  const more = left > 0 ? [richSection(words(`${left} lines between are left out here`, { italic: true }))] : [];
  return richText(
    "story",
    richSection(words("What happened", { bold: true })),
    bullets([
      ...shown.map((entry) => richSection(...timelineEntry(context, entry), ...waited(context, entry))),
      ...more,
    ]),
  );
}

/** How long an approval took, which shows whether the escalation works. */
function waited(context: MessageContext, { event, at }: ShownEntry) {
  if (event.type !== "ack.given") return [];
  return [words(` after ${duration(secondsBetween(new Date(context.record.state.declaredAt), at))}`)];
}

function skipped(context: MessageContext): KnownBlock {
  const { gates } = context.record.state;
  const lines = gates.slice(0, MOST_GATES).map((id) => {
    const instead = context.policy.gates[id]?.instead ?? null;
    const title = escapeTo(gateTitle(context.policy, id), 90);
    return instead === null ? `• ${title}` : `• ${title}; instead: ${escapeTo(instead, 120)}`;
  });
  const more = gates.length > MOST_GATES ? [`• and ${gates.length - MOST_GATES} more`] : [];
  const text = ["*What was skipped*", ...lines, ...more].join("\n");
  return section(text, "skipped");
}
