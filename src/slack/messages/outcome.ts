import type { Bypass } from "../../domain/bypass/state.js";
import { needsApproval } from "../../domain/events/catalogue/bypass.js";
import { dateToken, duration, remaining, secondsBetween } from "../block-kit/dates.js";
import { sentenceList } from "../block-kit/escape.js";
import { actorMention, mention } from "../block-kit/mentions.js";
import { drillMark, lapsesAt, type MessageContext, nameOf } from "./context.js";

/** Marks every grant that no second person approved. */
export const UNAPPROVED = "UNAPPROVED";

/** Whether the bypass has, or had, a grant that no second person approved. */
export function isUnapproved(state: Bypass): boolean {
  return "grant" in state && !state.grant.approved;
}

/** "Approved by …, at …": everyone who approved, and the time of the last approval. */
export function approvedBy(state: Bypass): string {
  const last = state.approvals.at(-1);
  const who = sentenceList(state.approvals.map((approval) => mention(approval.user)));
  return last === undefined ? "" : `*Approved by ${who}*, ${dateToken(last.at)}.`;
}

/** Why a grant has no second person's approval. */
export function unapprovedBecause(state: Bypass, at: string): string {
  return needsApproval(state.ack)
    ? `*${UNAPPROVED}*: ${mention(state.requester.user)} proceeded alone, ${dateToken(at)}; nobody else has approved.`
    : `*${UNAPPROVED}*: this path asks for no second person; nobody else has approved. It began ${dateToken(at)}.`;
}

function grantStart(state: Extract<Bypass, { grant: unknown }>): string {
  return state.grant.approved ? approvedBy(state) : unapprovedBecause(state, state.grant.activatedAt);
}

const LAPSED_BECAUSE = {
  no_ack: "nobody approved in time",
  requester_deactivated: "the requester's account was deactivated",
  gate_never_bypass: "the policy now says that a gate of it may never be bypassed",
} as const;

export const REVOKED_BECAUSE = {
  person: "",
  requester_deactivated: ", because the requester's account was deactivated",
  gate_never_bypass: ", because the policy now says that a gate of it may never be bypassed",
} as const;

/**
 * The status of the bypass, in one or two sentences of markup without people's texts. It replaces the buttons when they no
 * longer apply.
 */
export function statusSentence(context: MessageContext): string {
  const { rejectedLate } = context.record.state;
  const status = statusAlone(context);
  if (rejectedLate === null) return status;
  return `${status} ${mention(rejectedLate.by.user)} said no after that, ${dateToken(rejectedLate.at)}.`;
}

function statusAlone(context: MessageContext): string {
  const { state } = context.record;
  switch (state.status) {
    case "requested":
      return `*${nameOf(context)} is requested*: it waits for an ack until ${dateToken(lapsesAt(context))}, then it lapses. ${acks(context)}`;
    case "active":
      return `${grantStart(state)} ${nameOf(context)} is *active* until ${dateToken(state.grant.endsAt)}${timeLeft(context, state.grant.endsAt)}.`;
    case "denied":
    case "withdrawn":
      return ending(context, state.status, actorMention(state.by), state.settledAt);
    case "lapsed":
      return `*${nameOf(context)} has lapsed*, ${dateToken(state.settledAt)}: ${LAPSED_BECAUSE[state.why]}. The gates hold.`;
    case "expired":
      return `${grantStart(state)} ${ending(context, state.status, "", state.endedAt)}`;
    case "closed":
      return `${grantStart(state)} ${ending(context, state.status, actorMention(state.by), state.endedAt)}`;
    case "revoked":
      return `${grantStart(state)} ${ending(context, state.status, actorMention(state.by), state.endedAt, REVOKED_BECAUSE[state.why])}`;
    default:
      return state satisfies never;
  }
}

/** The sentence about a denial, a withdrawal, or the end of a grant. */
export function ending(
  context: MessageContext,
  status: "denied" | "withdrawn" | "expired" | "closed" | "revoked",
  who: string,
  at: string,
  because = "",
): string {
  const when = dateToken(at);
  // A drill opens no gate, so the gates never stop holding.
  const holding = context.record.state.kind === "drill" ? "the gates held throughout" : "the gates hold again";
  switch (status) {
    case "denied":
      return `*Denied by ${who}*, ${when}. ${nameOf(context)} is denied; the gates hold.`;
    case "withdrawn":
      return `*Withdrawn by ${who}*, ${when}. ${nameOf(context)} is withdrawn; the gates hold.`;
    case "expired":
      return `*${nameOf(context)} has expired*, ${when}; ${holding}.`;
    case "closed":
      return `*Closed by ${who}*, ${when}. ${nameOf(context)} is closed; ${holding}.`;
    case "revoked":
      return `*Revoked by ${who}*, ${when}${because}. ${nameOf(context)} is revoked; ${holding}.`;
    default:
      return status satisfies never;
  }
}

/** Removes bold marks from our own sentences, for a text that is read aloud. */
export function unmarked(mrkdwn: string): string {
  return mrkdwn.replaceAll("*", "");
}

/**
 * For a message that no longer asks for an ack: who decided, and when. The wording differs from that of the settlement,
 * which appears exactly once in the thread and must not be repeated in every old reminder.
 */
export function noLongerWaits(context: MessageContext): string {
  return `*${nameOf(context)} no longer waits*: ${decided(context.record.state)}`;
}

/** For the message about the approval, after another message has reported the end. */
export function noLongerActive(context: MessageContext): string {
  return `*${nameOf(context)} is no longer active*: ${decided(context.record.state)}`;
}

function decided(state: Bypass): string {
  switch (state.status) {
    case "requested":
      return "it was answered.";
    case "denied":
      return `${actorMention(state.by)} denied it, ${dateToken(state.settledAt)}.`;
    case "withdrawn":
      return `${actorMention(state.by)} withdrew it, ${dateToken(state.settledAt)}.`;
    case "lapsed":
      return `it lapsed, ${dateToken(state.settledAt)}.`;
    case "active":
    case "expired":
    case "closed":
    case "revoked":
      return state.grant.approved
        ? `${sentenceList(state.approvals.map((approval) => mention(approval.user)))} approved it, ${dateToken(state.grant.activatedAt)}.`
        : `${mention(state.requester.user)} went on without an ack, ${dateToken(state.grant.activatedAt)}.`;
    default:
      return state satisfies never;
  }
}

/** The duration of the grant and when it starts: `60 min from the approval`. */
export function lasting(state: Bypass): string {
  const from = !needsApproval(state.ack)
    ? "the declaration"
    : isUnapproved(state)
      ? "the moment of Proceed Alone"
      : "the approval";
  return `${duration(state.durationSeconds)} from ${from}`;
}

/** The remaining time of a grant, and as of when: messages are not updated every minute. */
function timeLeft(context: MessageContext, endsAt: string): string {
  const left = secondsBetween(context.record.now, endsAt);
  return ` (${remaining(left)} left at ${dateToken(context.record.now.toISOString(), "time")})`;
}

/** "1 of 2 acks …", for a request that waits. */
export function acks(context: MessageContext): string {
  const { approvals, ack } = context.record.state;
  const given = sentenceList(approvals.map((approval) => mention(approval.user)));
  const by = approvals.length === 0 ? "" : ` (${given})`;
  return `${approvals.length} of ${ack.needed} ${ack.needed === 1 ? "ack" : "acks"}${by}.`;
}

/** The first words of a header or summary: `BG-42 active, UNAPPROVED` or `DRILL BG-42 requested`. */
export function heading(context: MessageContext): string {
  const { state } = context.record;
  return `${drillMark(state)}${nameOf(context)} ${state.status}${isUnapproved(state) ? `, ${UNAPPROVED}` : ""}`;
}

/** The verb of "<requester> … <gates>", by status. */
export function verb(state: Bypass): string {
  if (state.kind === "drill") return drillVerb(state);
  switch (state.status) {
    case "requested":
      return "asks to skip";
    case "active":
      return "may skip";
    case "expired":
    case "closed":
    case "revoked":
      return "could skip";
    case "denied":
    case "withdrawn":
    case "lapsed":
      return "asked to skip";
    default:
      return state satisfies never;
  }
}

function drillVerb(state: Bypass): string {
  switch (state.status) {
    case "requested":
      return "asks to rehearse skipping";
    case "active":
      return "rehearses skipping";
    case "expired":
    case "closed":
    case "revoked":
      return "rehearsed skipping";
    case "denied":
    case "withdrawn":
    case "lapsed":
      return "asked to rehearse skipping";
    default:
      return state satisfies never;
  }
}
