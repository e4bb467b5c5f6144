import type { KnownBlock, RichTextElement, RichTextSection } from "@slack/types";
import { MAX_TEXT } from "../../domain/decisions/texts.js";
import { bypassName } from "../../domain/events/names.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { Seen } from "../../usecases/api.js";
import { dateToken } from "../block-kit/dates.js";
import { bullets, link, moment, person, richQuote, richSection, richText, words } from "../block-kit/rich-text.js";
import {
  blockId,
  entryOf,
  gateTitle,
  incidentUrl,
  type MessageBody,
  type MessageContext,
  messageContextOf,
  nameOf,
  reviewOf,
  visibleText,
} from "./context.js";
import { isUnapproved, statusSentence, UNAPPROVED, unmarked } from "./outcome.js";
import { pageFailures } from "./page-failures.js";
import { drillLine, freeText, messageHeader, messageSection, targetAsTyped } from "./request.js";
import { summary } from "./summary.js";
import { timelineEntry } from "./timeline.js";
import { trailLine } from "./trail-line.js";
import { usesInRecord } from "./uses.js";

const MOST_LINES = 40;
const MOST_GATES = 30;
const OUTLINE_ONLY =
  "You may see the gates, the state and the times here. Who asks, for what and why stands in its alert channel; besides, only its requester, approvers and reviewer may read it.";

/**
 * `/breakglass show BG-42`: who, what, when, why, links, then the timeline. Without `seen.texts` only id, gates, state and
 * times are shown.
 */
export function recordMessage(seen: Seen, policy: Policy, alertLink: string | null = null): MessageBody {
  const context = messageContextOf(seen.record, policy, {
    texts: seen.texts,
    withheldBecause: OUTLINE_ONLY,
    alertLink,
  });
  return seen.texts ? fullRecord(context) : outline(context);
}

function fullRecord(context: MessageContext): MessageBody {
  const blocks: KnownBlock[] = [
    messageHeader(context),
    ...drillLine(context),
    messageSection(context, "status", statusSentence(context)),
    richText(blockId(context, "who"), ...whoWhatWhenWhy(context)),
    ...pageFailures(context),
    ...usesInRecord(context),
    timeline(context),
    trailLine(context),
  ];
  return { text: summary(context), blocks };
}

/** Leaves out people, incident and texts, which only few may read. */
function outline(context: MessageContext): MessageBody {
  const { state } = context.record;
  const unapproved = isUnapproved(state) ? `, ${UNAPPROVED}` : "";
  const name = `${nameOf(context)} ${state.status}${unapproved}`;
  const gates = state.gates.slice(0, MOST_GATES).map((gate) => gateTitle(context.policy, gate));
  const times = [
    `Declared ${dateToken(state.declaredAt)}.`,
    "settledAt" in state ? `Settled ${dateToken(state.settledAt)}.` : "",
    "grant" in state
      ? `Active from ${dateToken(state.grant.activatedAt)}, at most until ${dateToken(state.grant.endsAt)}.`
      : "",
    "endedAt" in state ? `Ended ${dateToken(state.endedAt)}.` : "",
  ].filter((time) => time !== "");
  const line = `*${name}*. ${times.join(" ")}`;
  return {
    text: unmarked(`${line} ${OUTLINE_ONLY}`),
    blocks: [
      ...drillLine(context),
      messageSection(context, "status", line),
      richText(blockId(context, "gates"), row("what", words(gates.join(", ")))),
      richText(blockId(context, "texts"), richSection(words(OUTLINE_ONLY, { italic: true }))),
      trailLine(context),
    ],
  };
}

function row(label: string, ...elements: readonly RichTextElement[]): RichTextSection {
  return richSection(words(`${label} `, { bold: true }), ...elements);
}

function whoWhatWhenWhy(context: MessageContext) {
  const { state } = context.record;
  const declared = entryOf(context, "bypass.declared");
  const gates = state.gates.slice(0, MOST_GATES).map((gate) => gateTitle(context.policy, gate));
  const more = state.gates.length > gates.length ? ` and ${state.gates.length - gates.length} more` : "";
  return [
    row("who", person(state.requester.user), ...approvers(context)),
    row("what", words("skip "), words(`${gates.join(", ")}${more}`), words(" for "), ...targetAsTyped(context)),
    row("when", moment(state.declaredAt), ...activeTimes(context)),
    row("why"),
    richQuote(freeText(visibleText(context, declared, "reason"), MAX_TEXT)),
    row("links", ...links(context)),
  ];
}

function approvers(context: MessageContext): RichTextElement[] {
  const { state } = context.record;
  if (isUnapproved(state)) return [words(", "), words(UNAPPROVED, { bold: true })];
  if (state.approvals.length === 0) return [];
  return [
    words(", approved by "),
    ...state.approvals.flatMap(({ user }, index) => [...(index === 0 ? [] : [words(", ")]), person(user)]),
  ];
}

function activeTimes(context: MessageContext): RichTextElement[] {
  const { state } = context.record;
  if (!("grant" in state)) return [];
  const end = "endedAt" in state ? state.endedAt : state.grant.endsAt;
  return [words(", active "), moment(state.grant.activatedAt), words(" to "), moment(end)];
}

function links(context: MessageContext): RichTextElement[] {
  const { incident, review, again } = context.record.state;
  const url = incidentUrl(context);
  const parts: RichTextElement[][] = [
    ...(incident === null ? [] : [[words("incident "), url === null ? words(incident) : link(url, incident)]]),
    ...(review === null
      ? []
      : [
          [
            words(`review ${reviewOf(context)} ${review.status === "open" ? "due " : review.status}`),
            ...(review.status === "open" ? [moment(review.dueAt)] : []),
            ...(review.submitted === null ? [] : [words(`: ${review.submitted.verdict}`)]),
          ],
        ]),
    ...(context.alertLink === null ? [] : [[link(context.alertLink, "the alert")]]),
    ...(again === null ? [] : [[words(`follows ${bypassName(again)}`)]]),
  ];
  return parts.flatMap((part, index) => [...(index === 0 ? [] : [words(", ")]), ...part]);
}

/** The timeline. When it is too long, leaves out the oldest entries after the declaration. */
function timeline(context: MessageContext): KnownBlock {
  const { entries } = context.record;
  const first = entries.slice(0, 1);
  const rest = entries.slice(1);
  const newest = rest.slice(-(MOST_LINES - 1));
  const left = rest.length - newest.length;
  const line = (entry: (typeof entries)[number]) => richSection(...timelineEntry(context, entry));
  const gap =
    left > 0
      ? [
          richSection(
            words(`… ${left} entries between the declaration and these are not shown here; all stand in the trail`, {
              italic: true,
            }),
          ),
        ]
      : [];
  return richText(
    blockId(context, "timeline"),
    richSection(words("Timeline", { bold: true })),
    bullets([...first.map(line), ...gap, ...newest.map(line)]),
  );
}
