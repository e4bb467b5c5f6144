import type { KnownBlock } from "@slack/types";
import type { DirectTopic } from "../../domain/bypass/effects.js";
import { dateToken } from "../block-kit/dates.js";
import { escapeMarkup, escapeTo } from "../block-kit/escape.js";
import { actionMessage } from "./action.js";
import { endingReason, whyItEnded } from "./alert.js";
import { blockedLine } from "./blocked.js";
import { type ButtonName, buttons } from "./buttons.js";
import {
  aloneFrom,
  askedDirectly,
  callsNobody,
  drillMark,
  lapsesAt,
  type MessageBody,
  type MessageContext,
  nameOf,
  WAKES_NOBODY,
} from "./context.js";
import { acks, noLongerActive, noLongerWaits, statusSentence, UNAPPROVED } from "./outcome.js";
import { drillLine, messageHeader, messageSection, requestLine, targetAndReason } from "./request.js";
import { inOneLine, note, reviewLine, roles, summary } from "./summary.js";
import { warningLine } from "./thread.js";
import { trailLine } from "./trail-line.js";

/** A direct message to `to` about a bypass, in its current state. `version` is that of the entry it is about. */
export function directMessage(context: MessageContext, about: DirectTopic, to: string, version = 0): MessageBody {
  switch (about) {
    case "ask":
      return ask(context);
    case "pending":
      return pending(context);
    case "outcome":
      return outcome(context, to);
    case "warning":
      return warning(context);
    case "ended":
      return short(context, `${statusSentence(context)} ${reviewLine(context)}`, whyItEnded(context));
    case "alert-failed":
      return alertFailed(context);
    case "blocked":
      return short(
        context,
        blockedLine(context),
        context.record.state.status === "requested" ? [buttons(context, "withdraw")] : [],
      );
    case "action":
      return actionMessage(context, version);
    default:
      return about satisfies never;
  }
}

/** To an approver: the content of the alert. */
function ask(context: MessageContext): MessageBody {
  const { status } = context.record.state;
  const blocks: KnownBlock[] = [
    messageHeader(context),
    ...drillLine(context),
    requestLine(context),
    ...targetAndReason(context),
    messageSection(context, "status", `${statusSentence(context)}${alertFailure(context)}${alertLink(context)}`),
    ...whyItEnded(context),
    ...(status === "requested" ? [buttons(context, "approve", "deny")] : []),
    trailLine(context),
  ];
  return { text: summary(context), blocks };
}

/** Tells an approver that the alert could not be posted in the channel. */
function alertFailure(context: MessageContext): string {
  const { alert, channel } = context.record.state;
  if (alert === null || !("failed" in alert)) return "";
  return ` *The channel ${escapeTo(channel, 90)} could NOT be told* (${escapeTo(alert.failed, 60)}); it is tried again.`;
}

/** To the requester: who is asked, until when, and what else the requester can do. */
function pending(context: MessageContext): MessageBody {
  if (context.record.state.status !== "requested") {
    return short(context, noLongerWaits(context), []);
  }
  const from = aloneFrom(context);
  const alone =
    from === null ? "" : ` Proceed Alone is possible from ${dateToken(from)} on; it is recorded as ${UNAPPROVED}.`;
  const asked = callsNobody(context)
    ? `Can approve: ${roles(context, 1500)}. ${WAKES_NOBODY}`
    : `Asked: ${roles(context, 1500)}.${askedDirectly(context, "the mention in the alert")}`;
  const line = `*${nameOf(context)} requested*: it waits for an ack until ${dateToken(lapsesAt(context))}, then it lapses. ${acks(context)} ${asked}${alone}`;
  const names: ButtonName[] = from === null ? ["withdraw"] : ["withdraw", "proceedAlone"];
  return short(context, line, [buttons(context, ...names)]);
}

/** How the request was settled. Expiry and revocation have messages of their own; a Close is reported only here. */
function outcome(context: MessageContext, to: string): MessageBody {
  const { state } = context.record;
  if (state.status === "expired" || state.status === "revoked") return short(context, noLongerActive(context), []);
  const mine = state.requester.user === to;
  const close = mine && state.status === "active" ? [buttons(context, "close")] : [];
  const whatNow = mine && state.status === "active" ? " Close it as soon as you are done. " : " ";
  return short(context, `${statusSentence(context)}${whatNow}${reviewLine(context)}`, [
    ...whyItEnded(context),
    ...close,
  ]);
}

function warning(context: MessageContext): MessageBody {
  const { state } = context.record;
  const againButton = state.status === "active" || state.status === "expired" ? [buttons(context, "again")] : [];
  const line = "grant" in state ? warningLine(context, state.grant.endsAt) : statusSentence(context);
  return short(context, line, againButton);
}

function alertFailed(context: MessageContext): MessageBody {
  const { alert, channel } = context.record.state;
  const code = alert !== null && "failed" in alert ? ` (Slack: ${escapeTo(alert.failed, 80)})` : "";
  const line = `*The alert of ${nameOf(context)} could not be posted* in ${escapeTo(channel, 100)}${code}. The request is recorded${callsNobody(context) ? "." : " and those who may approve are asked by direct message."} Tell the channel yourself. ${statusSentence(context)}`;
  return short(context, line, []);
}

/** A short message: first the news, then the bypass in one line, then the rest. */
function short(context: MessageContext, line: string, more: readonly KnownBlock[]): MessageBody {
  return {
    text: note(`${drillMark(context.record.state)}${line} ${inOneLine(context)}`, endingReason(context)),
    blocks: [
      ...drillLine(context),
      messageSection(context, "line", `${line}${alertLink(context)}`),
      requestLine(context),
      ...more,
      trailLine(context),
    ],
  };
}

function alertLink(context: MessageContext): string {
  return context.alertLink === null
    ? ""
    : ` <${escapeMarkup(context.alertLink).replaceAll("|", "%7C")}|Open the alert>`;
}
