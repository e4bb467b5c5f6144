import type { KnownBlock } from "@slack/types";
import { REJECTION_HOLDS_MS } from "../../domain/bypass/decide/proceed-alone.js";
import type { ThreadTopic } from "../../domain/bypass/effects.js";
import { MAX_TEXT } from "../../domain/decisions/texts.js";
import type { BypassEvent } from "../../domain/events/catalogue/catalogue.js";
import type { ShownEntry } from "../../usecases/ports/ports.js";
import { dateToken, duration, remaining, secondsBetween } from "../block-kit/dates.js";
import { escapeTo } from "../block-kit/escape.js";
import { actorMention, mention, roleMention, roleName } from "../block-kit/mentions.js";
import { richQuote, richText } from "../block-kit/rich-text.js";
import { blockedLine, unblockedLine } from "./blocked.js";
import { buttons } from "./buttons.js";
import {
  blockId,
  callsNobody,
  drillMark,
  entryAt,
  lapsesAt,
  type MessageBody,
  type MessageContext,
  nameOf,
  reasonOf,
  reviewOf,
  type VisibleText,
  visibleText,
  WAKES_NOBODY,
} from "./context.js";
import {
  acks,
  approvedBy,
  ending,
  noLongerWaits,
  REVOKED_BECAUSE,
  statusSentence,
  unapprovedBecause,
} from "./outcome.js";
import { drillLine, freeText, messageSection, requestLine } from "./request.js";
import { actionList, putOffsLeft, reviewInWords } from "./review.js";
import { inOneLine, note, roles } from "./summary.js";

/** A reply in the alert's thread about the entry with that version. It is rendered from the entry, so it stays true. */
export function threadMessage(context: MessageContext, about: ThreadTopic, version: number): MessageBody {
  const entry = entryAt(context, version);
  const { state } = context.record;
  switch (about) {
    case "reminder":
      return reminder(context);
    case "escalated":
      return threadReply(context, escalated(context, entry?.event));
    case "partial":
      return threadReply(context, partial(context, entry?.event, entry === undefined ? "" : actorMention(entry.actor)));
    case "page-failed":
      return threadReply(context, pageFailed(context, entry?.event));
    case "blocked":
      return threadReply(context, blockedLine(context));
    case "unblocked":
      return threadReply(context, unblockedLine(context));
    case "warning":
      return warning(context);
    case "settled":
    case "alone":
    case "ended": {
      if (entry === undefined) return threadReply(context, statusSentence(context));
      const line = settlement(context, entry.event, actorMention(entry.actor), entry.at);
      return threadReply(context, line, reasonOf(context, entry));
    }
    case "logged": {
      const who = entry === undefined ? mention(state.requester.user) : actorMention(entry.actor);
      return threadReply(context, `${nameOf(context)} log by ${who}:`, visibleText(context, entry, "line"));
    }
    case "review":
    case "amended":
      return reviewMessage(context, entry, about);
    case "view":
      return threadReply(
        context,
        `*The requester's view of ${nameOf(context)}*, added by ${entry === undefined ? "the requester" : actorMention(entry.actor)}:`,
        visibleText(context, entry, "line"),
      );
    case "put-off":
      return entry === undefined
        ? threadReply(context, statusSentence(context))
        : threadReply(context, putOffLine(context, entry), visibleText(context, entry, "reason"));
    case "rejected-late":
      return entry === undefined
        ? threadReply(context, statusSentence(context))
        : threadReply(context, lateNo(context, actorMention(entry.actor), entry.at), reasonOf(context, entry));
    default:
      return about satisfies never;
  }
}

/** Tells of a no after the end, and what it is still good for: its requester learns here why going alone is refused. */
function lateNo(context: MessageContext, who: string, at: string): string {
  const { requester, status } = context.record.state;
  const until = dateToken(new Date(Date.parse(at) + REJECTION_HOLDS_MS).toISOString());
  return `*${who} said no to ${nameOf(context)}*, ${dateToken(at)}, after it was ${status}. The no still counts: until ${until}, ${mention(requester.user)} cannot go alone for any of its gates, and nobody can for the same gate and target.`;
}

/** "*REV-42 is put off* by … until …": every reminder waits for it, so it is not silent. */
function putOffLine(context: MessageContext, { event, actor, version }: ShownEntry): string {
  if (event.type !== "review.put_off" && event.type !== "action.put_off") return statusSentence(context);
  const what = event.type === "review.put_off" ? reviewOf(context) : `Action ${event.action} from ${reviewOf(context)}`;
  const isSame = (earlier: ShownEntry["event"]): boolean =>
    event.type === "action.put_off"
      ? earlier.type === "action.put_off" && earlier.action === event.action
      : earlier.type === "review.put_off";
  const count = context.record.entries.filter((one) => one.version <= version && isSame(one.event)).length;
  return `*${what} is put off* by ${actorMention(actor)} until ${dateToken(event.until)}; nobody is reminded of it before. ${putOffsLeft(count)}`;
}

/** The verdict, what forced the bypass and what was learned, posted once in the thread. */
function reviewMessage(
  context: MessageContext,
  entry: ShownEntry | undefined,
  about: "review" | "amended",
): MessageBody {
  if (entry?.event.type !== "review.submitted" && entry?.event.type !== "review.amended") {
    return threadReply(context, statusSentence(context));
  }
  const line = reviewInWords(context, entry.event, actorMention(entry.actor), about === "amended");
  return threadReply(context, line, visibleText(context, entry, "lesson"), [...actionList(context, entry)]);
}

function threadReply(
  context: MessageContext,
  line: string,
  text: VisibleText | null = null,
  more: readonly KnownBlock[] = [],
): MessageBody {
  const quoted =
    text === null || text.kind === "withheld"
      ? []
      : [richText(blockId(context, "quote"), richQuote(freeText(text, MAX_TEXT)))];
  return {
    text: note(`${drillMark(context.record.state)}${line}`, text),
    blocks: [...drillLine(context), messageSection(context, "line", line), ...quoted, ...more],
  };
}

function reminder(context: MessageContext): MessageBody {
  if (context.record.state.status !== "requested") return threadReply(context, noLongerWaits(context));
  const line = `*${nameOf(context)} still waits*: ${acks(context)} It lapses ${dateToken(lapsesAt(context))}. ${roles(context, 1200)}`;
  const message = threadReply(context, line, null, [requestLine(context), buttons(context, "approve", "deny")]);
  return { ...message, text: `${message.text} ${inOneLine(context)}` };
}

function escalated(context: MessageContext, event: BypassEvent | undefined): string {
  if (event?.type !== "ack.escalated") return statusSentence(context);
  const waited = context.record.state.steps[event.step]?.afterSeconds ?? 0;
  const unanswered = `*${nameOf(context)} escalated*: no ack ${duration(waited)} after the declaration, so`;
  if (callsNobody(context)) return `${unanswered} ${roleName(event.role)} may now approve too. ${WAKES_NOBODY}`;
  const who = roleMention(context.policy, event.role);
  return `${unanswered} ${who} ${roleName(event.role)} is paged and may now approve too.`;
}

function partial(context: MessageContext, event: BypassEvent | undefined, who: string): string {
  if (event?.type !== "ack.given") return statusSentence(context);
  const missing = event.needed - event.count;
  const others = missing === 1 ? "one more person has" : `${missing} more people have`;
  return `*${nameOf(context)}: ${event.count} of ${event.needed} acks*. ${who} approves; ${others} to before it is active.`;
}

function pageFailed(context: MessageContext, event: BypassEvent | undefined): string {
  if (event?.type !== "page.failed") return statusSentence(context);
  const until = `the request waits until ${dateToken(lapsesAt(context))}.`;
  if (event.role !== null && callsNobody(context)) {
    return `*${nameOf(context)}: ${roleName(event.role)} was not paged.* ${WAKES_NOBODY} Whoever is awake may approve; ${until}`;
  }
  const role = event.role === null ? "" : ` ${roleName(event.role)}`;
  const who =
    event.user !== null
      ? mention(event.user)
      : event.role !== null
        ? roleMention(context.policy, event.role)
        : "somebody";
  return `*${nameOf(context)}: could not page* ${who}${role} (${escapeTo(event.via, 40)}: ${escapeTo(event.code, 80)}). Reach them another way: ${until}`;
}

/** Warns that an active grant will end, with Break Glass Again. After Close or Revoke the button is gone. */
function warning(context: MessageContext): MessageBody {
  const { state } = context.record;
  if (!("grant" in state)) return threadReply(context, statusSentence(context));
  const againButton = state.status === "active" || state.status === "expired" ? [buttons(context, "again")] : [];
  return threadReply(context, warningLine(context, state.grant.endsAt), null, againButton);
}

/** "BG-42 ends …", for the thread and the direct message. */
export function warningLine(context: MessageContext, endsAt: string): string {
  const { state, now } = context.record;
  if (state.status !== "active") return statusSentence(context);
  const left = remaining(secondsBetween(now, endsAt));
  return `*${nameOf(context)} ends ${dateToken(endsAt)}* (${left} left at ${dateToken(now.toISOString(), "time")}). There is no extension: if the emergency goes on, break glass again, which needs a new ack.`;
}

/** The sentence about a settlement or an end, rendered from its entry. */
export function settlement(context: MessageContext, event: BypassEvent, who: string, at: string): string {
  switch (event.type) {
    case "bypass.activated": {
      const how = event.approved ? approvedBy(context.record.state) : unapprovedBecause(context.record.state, at);
      return `${how} ${nameOf(context)} is *active* until ${dateToken(event.endsAt)}.`;
    }
    case "bypass.denied":
      return ending(context, "denied", who, at);
    case "bypass.withdrawn":
      return ending(context, "withdrawn", who, at);
    case "bypass.closed":
      return ending(context, "closed", who, at);
    case "bypass.expired":
      // The time when the grant ended, not when the end was recorded.
      return ending(context, "expired", who, endOf(context, at));
    case "bypass.revoked":
      return ending(context, "revoked", who, at, REVOKED_BECAUSE[event.why]);
    default:
      return statusSentence(context);
  }
}

function endOf(context: MessageContext, recordedAt: string): string {
  const { state } = context.record;
  return state.status === "expired" ? state.endedAt : recordedAt;
}
