import type { HeaderBlock, KnownBlock, RichTextBlock, RichTextElement, SectionBlock } from "@slack/types";
import type { Bypass } from "../../domain/bypass/state.js";
import { MAX_TARGET } from "../../domain/bypass/target.js";
import { MAX_TEXT } from "../../domain/decisions/texts.js";
import { fields, header, section } from "../block-kit/blocks.js";
import { dateToken } from "../block-kit/dates.js";
import { escapeTo, plain } from "../block-kit/escape.js";
import { mention, roleName } from "../block-kit/mentions.js";
import { bullets, lines, link, person, richQuote, richSection, richText, words } from "../block-kit/rich-text.js";
import {
  blockId,
  entryOf,
  gateTitle,
  incidentUrl,
  type MessageContext,
  pathTitle,
  reviewOf,
  targetReadAs,
  type VisibleText,
  visibleText,
} from "./context.js";
import { heading, lasting, verb } from "./outcome.js";
import { reviewStands } from "./review.js";

/** Up to this many gates are named in the first line; more go into a list below it. */
const GATES_IN_LINE = 3;
const MOST_GATES = 30;

/** A section of markup. Only for our own sentences, never for what people typed. */
export function messageSection(context: MessageContext, part: string, mrkdwn: string): SectionBlock {
  return section(mrkdwn, blockId(context, part));
}

/** `BG-42 requested: Emergency deploy for INC-219`. */
export function messageHeader(context: MessageContext): HeaderBlock {
  const { incident } = context.record.state;
  const title = `${heading(context)}: ${plain(pathTitle(context))}${incident === null ? "" : ` for ${plain(incident)}`}`;
  return header(title, blockId(context, "header"));
}

function gate(context: MessageContext, id: string): RichTextElement[] {
  const title = gateTitle(context.policy, id);
  return title === id
    ? [words(id, { code: true })]
    : [words(title, { bold: true }), words(" "), words(id, { code: true })];
}

/** The first line: who asks for what, for which incident. More than three gates go into a list below it. */
export function requestLine(context: MessageContext): RichTextBlock {
  const { state } = context.record;
  const many = state.gates.length > GATES_IN_LINE;
  const inLine = many
    ? [words(`${state.gates.length} gates`, { bold: true })]
    : state.gates.flatMap((id, index) => [
        ...(index === 0 ? [] : [words(index === state.gates.length - 1 ? " and " : ", ")]),
        ...gate(context, id),
      ]);
  const first = richSection(
    person(state.requester.user),
    words(` ${verb(state)} `),
    ...inLine,
    ...forIncident(context),
    words("."),
  );
  if (!many) return richText(blockId(context, "what"), first);
  const items = state.gates.slice(0, MOST_GATES).map((id) => richSection(...gate(context, id)));
  const more = state.gates.length - items.length;
  const rest = more > 0 ? [richSection(words(`and ${more} more`))] : [];
  return richText(blockId(context, "what"), first, bullets([...items, ...rest]));
}

function forIncident(context: MessageContext): RichTextElement[] {
  const { incident } = context.record.state;
  if (incident === null) return [];
  const url = incidentUrl(context);
  return [words(" for "), url === null ? words(incident, { bold: true }) : link(url, incident)];
}

/** A free text as an element: as typed, or in italics why it is missing. */
export function freeText(text: VisibleText, max: number): RichTextElement {
  return text.kind === "text" ? lines(text.text, max) : words(text.kind, { italic: true });
}

/** The target as typed, and its normalised form if that differs. */
export function targetAsTyped(context: MessageContext): RichTextElement[] {
  const typed = visibleText(context, entryOf(context, "bypass.declared"), "target_typed");
  const read = targetReadAs(context);
  return [freeText(typed, MAX_TARGET), ...(read === null ? [] : [words(", read as "), words(read, { code: true })])];
}

/** Target and reason as typed, or why they are left out. */
export function targetAndReason(context: MessageContext): KnownBlock[] {
  if (!context.texts)
    return [richText(blockId(context, "texts"), richSection(words(context.withheldBecause, { italic: true })))];
  const declared = entryOf(context, "bypass.declared");
  return [
    richText(
      blockId(context, "texts"),
      richSection(words("Target ", { bold: true }), ...targetAsTyped(context)),
      richSection(words("Reason", { bold: true })),
      richQuote(freeText(visibleText(context, declared, "reason"), MAX_TEXT)),
    ),
  ];
}

/** The facts, in two columns. */
export function facts(context: MessageContext): SectionBlock {
  const { state } = context.record;
  const pairs: [string, string][] = [
    ["Requester", mention(state.requester.user)],
    ["Path", `${escapeTo(pathTitle(context), 200)} ${roleName(state.path)}`],
    ["Declared", dateToken(state.declaredAt)],
    ["Lasts", lasting(state)],
    ...review(context),
    ...end(state),
  ];
  return fields(pairs, blockId(context, "facts"));
}

function end(state: Bypass): [string, string][] {
  if ("endedAt" in state) return [["Ended", dateToken(state.endedAt)]];
  return "grant" in state ? [["Ends", dateToken(state.grant.endsAt)]] : [];
}

function review(context: MessageContext): [string, string][] {
  const { review: open } = context.record.state;
  if (open === null) return [];
  return [["Review", `${reviewOf(context)}, ${reviewStands(open)}`]];
}

/** Says that the bypass is a drill; empty for others. */
export function drillLine(context: MessageContext): KnownBlock[] {
  return context.record.state.kind === "drill"
    ? [messageSection(context, "drill", "*DRILL*: a rehearsal. It opens nothing.")]
    : [];
}
