import { ackRoles } from "../../domain/bypass/decide/who-may.js";
import { dateToken } from "../block-kit/dates.js";
import { escapeTo, joinWithin, sentenceList } from "../block-kit/escape.js";
import { LIMITS } from "../block-kit/limits.js";
import { mention } from "../block-kit/mentions.js";
import {
  askedDirectly,
  calledRole,
  entryOf,
  gateTitle,
  type MessageContext,
  pathTitle,
  reviewOf,
  targetReadAs,
  type VisibleText,
  visibleText,
} from "./context.js";
import { heading, lasting, statusSentence, unmarked, verb } from "./outcome.js";
import { reviewStands } from "./review.js";

const SHORTEST_REASON = 120;
const MOST_GATES = 6;

/** Gates by title, for one line of markup. */
function gatesInWords(context: MessageContext): string {
  const { gates } = context.record.state;
  const named = gates.slice(0, MOST_GATES).map((gate) => escapeTo(gateTitle(context.policy, gate), 90));
  const more = gates.length - named.length;
  return sentenceList(more > 0 ? [...named, `${more} more gates`] : named);
}

/** "<@U1> asks to skip … for INC-219." */
export function inOneLine(context: MessageContext): string {
  const { state } = context.record;
  const incident = state.incident === null ? "" : ` for ${escapeTo(state.incident, 120)}`;
  return `${mention(state.requester.user)} ${verb(state)} ${gatesInWords(context)}${incident}.`;
}

/** As many of the roles that may approve as fit: mentioned, or only named when nobody may be woken. */
export function roles(context: MessageContext, max: number): string {
  return joinWithin(
    ackRoles(context.record.state).map((role) => calledRole(context, role)),
    max,
  );
}

const inText = (text: VisibleText, max: number): string =>
  text.kind === "text" ? escapeTo(text.text, max) : text.kind === "redacted" ? "redacted" : "";

/** A text with its label, as in `Reason: …`; empty when it is withheld. */
function sentence(label: string, text: VisibleText, max: number): string {
  return text.kind === "withheld" ? "" : `${label}: ${inText(text, max)}`;
}

function target(context: MessageContext): string {
  const read = targetReadAs(context);
  const typed = sentence("Target", visibleText(context, entryOf(context, "bypass.declared"), "target_typed"), 300);
  return read === null ? typed : `${typed} Read as ${escapeTo(read, 200)}.`;
}

/**
 * The whole bypass as one text, for screen readers and notifications. The reason is cut to the space that the facts leave.
 * Untrusted text is escaped.
 */
export function summary(context: MessageContext): string {
  const { state } = context.record;
  const declared = entryOf(context, "bypass.declared");
  const newest = context.record.entries.at(-1);
  const before = [
    `${heading(context)}: ${inOneLine(context)}`,
    context.texts ? target(context) : context.withheldBecause,
  ];
  const after = [
    unmarked(statusSentence(context)),
    state.status === "requested"
      ? `Can approve: ${roles(context, 600)}.${askedDirectly(context, "the mention in the alert")}`
      : "",
    `Path: ${escapeTo(pathTitle(context), 90)}, for ${lasting(state)}.`,
    `Declared ${dateToken(state.declaredAt)}.`,
    reviewLine(context),
    newest === undefined ? "" : `Trail ${newest.seq}, head ${newest.head}.`,
  ];
  const rest = [...before, ...after].filter((part) => part !== "").join(" ").length;
  const room = Math.max(SHORTEST_REASON, LIMITS.messageText - rest - "Reason: ".length - 2);
  const reason = sentence("Reason", visibleText(context, declared, "reason"), room);
  return [...before, reason, ...after].filter((part) => part !== "").join(" ");
}

/** `Review REV-42 due …`, or its verdict, or that it is waived. */
export function reviewLine(context: MessageContext): string {
  const { review } = context.record.state;
  if (review === null) return "";
  return `Review ${reviewOf(context)} ${reviewStands(review)}.`;
}

/** A notification text that ends in a free text, which is cut to fit. */
export function note(lead: string, text: VisibleText | null): string {
  if (text === null || text.kind === "withheld") return unmarked(lead);
  return `${unmarked(lead)} ${inText(text, Math.max(SHORTEST_REASON, LIMITS.messageText - lead.length - 2))}`;
}
