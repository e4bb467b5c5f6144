import type { KnownBlock } from "@slack/types";
import { MAX_TEXT } from "../../domain/decisions/texts.js";
import { duration } from "../block-kit/dates.js";
import { richQuote, richSection, richText, words } from "../block-kit/rich-text.js";
import { nobodyCanApprove } from "./blocked.js";
import { buttons } from "./buttons.js";
import {
  askedDirectly,
  blockId,
  callsNobody,
  entryOf,
  type MessageBody,
  type MessageContext,
  reasonOf,
  type VisibleText,
  WAKES_NOBODY,
} from "./context.js";
import { statusSentence } from "./outcome.js";
import { pageFailures } from "./page-failures.js";
import { drillLine, facts, freeText, messageHeader, messageSection, requestLine, targetAndReason } from "./request.js";
import { roles, summary } from "./summary.js";
import { trailLine } from "./trail-line.js";

/** The alert in the channel, showing the current state of the bypass. */
export function alertMessage(context: MessageContext): MessageBody {
  const blocks: KnownBlock[] = [
    messageHeader(context),
    ...drillLine(context),
    ...replacesDeleted(context),
    requestLine(context),
    ...targetAndReason(context),
    messageSection(context, "status", statusSentence(context)),
    ...whyItEnded(context),
    ...canApprove(context),
    ...pageFailures(context),
    ...actions(context),
    facts(context),
    trailLine(context),
  ];
  const text = summary(context);
  return { text: context.record.state.alertsLost > 0 ? `${text} ${DELETED}` : text, blocks };
}

const DELETED = "The earlier message was deleted.";

function replacesDeleted(context: MessageContext): KnownBlock[] {
  return context.record.state.alertsLost === 0
    ? []
    : [messageSection(context, "deleted", `${DELETED} This one replaces it.`)];
}

/** While the request waits: mentions of those who may approve. */
function canApprove(context: MessageContext): KnownBlock[] {
  const { state } = context.record;
  if (state.status !== "requested") return [];
  const blocked = nobodyCanApprove(context);
  if (blocked !== null) return [messageSection(context, "approvers", blocked)];
  const again = callsNobody(context) ? WAKES_NOBODY : `Asked again every ${duration(state.ack.remindEverySeconds)}.`;
  return [
    messageSection(
      context,
      "approvers",
      `*Can approve:* ${roles(context, 2600)}.${askedDirectly(context, "this mention")} ${again}`,
    ),
  ];
}

/** What people say no with, each with a reason. */
const NOES = ["bypass.denied", "bypass.revoked", "bypass.rejected_late"] as const;

/** The reason for a no, quoted. */
export function whyItEnded(context: MessageContext): KnownBlock[] {
  const reason = endingReason(context);
  if (reason === null || reason.kind === "withheld") return [];
  return [
    richText(blockId(context, "why"), richSection(words("Why", { bold: true })), richQuote(freeText(reason, MAX_TEXT))),
  ];
}

/** The reason that a person gave for the denial or revocation, in time or late, if there is one. */
export function endingReason(context: MessageContext): VisibleText | null {
  const given = NOES.flatMap((type) => entryOf(context, type) ?? []).map((entry) => reasonOf(context, entry));
  return given.find((reason) => reason !== null) ?? null;
}

/** After the end, the only buttons left are those of the review. */
function reviewButtons(context: MessageContext): KnownBlock[] {
  const { state } = context.record;
  if (!("endedAt" in state)) return [];
  const status = state.review?.status;
  if (status === "open") return [buttons(context, "writeReview", "addView")];
  return status === "submitted" ? [buttons(context, "amendReview", "addView")] : [];
}

function actions(context: MessageContext): KnownBlock[] {
  const { status } = context.record.state;
  if (status === "requested") return [buttons(context, "approve", "deny")];
  return status === "active" ? [buttons(context, "close", "revoke")] : reviewButtons(context);
}
