import { ackRoles } from "../../domain/bypass/decide/entitlement.js";
import { dateToken } from "../block-kit/dates.js";
import { escapeTo, joinWithin, sentenceList } from "../block-kit/escape.js";
import { mention } from "../block-kit/mentions.js";
import { calledRole } from "./calling.js";
import { entryOf, gateTitle, pathTitle, reviewOf, type Scene, type Shown, shown, targetReadAs } from "./context.js";
import { heading, howItStands, lasting, unmarked, verb } from "./outcome.js";
import { reviewStands } from "./review.js";

/** `chat.update` takes 4,000; the same bound holds for posts, since each may be updated. */
export const TEXT_MAX = 4000;

const SHORTEST_REASON = 120;
const MOST_GATES = 6;

/** Gates by title, for one line of markup. */
function gatesInWords(scene: Scene): string {
  const { gates } = scene.record.state;
  const named = gates.slice(0, MOST_GATES).map((gate) => escapeTo(gateTitle(scene.policy, gate), 90));
  const more = gates.length - named.length;
  return sentenceList(more > 0 ? [...named, `${more} more gates`] : named);
}

/** "<@U1> asks to skip … for INC-219." */
export function inOneLine(scene: Scene): string {
  const { state } = scene.record;
  const incident = state.incident === null ? "" : ` for ${escapeTo(state.incident, 120)}`;
  return `${mention(state.requester.user)} ${verb(state)} ${gatesInWords(scene)}${incident}.`;
}

/** Roles mentioned, or named where nobody may be called, as many as fit. */
export function roles(scene: Scene, max: number): string {
  return joinWithin(
    ackRoles(scene.record.state).map((role) => calledRole(scene, role)),
    max,
  );
}

const inText = (text: Shown, max: number): string =>
  text.kind === "text" ? escapeTo(text.text, max) : text.kind === "redacted" ? "redacted" : "";

/** A text for one sentence: `Reason: …`, nothing when it is left out. */
function sentence(label: string, text: Shown, max: number): string {
  return text.kind === "withheld" ? "" : `${label}: ${inText(text, max)}`;
}

function target(scene: Scene): string {
  const read = targetReadAs(scene);
  const typed = sentence("Target", shown(scene, entryOf(scene, "bypass.declared"), "target_typed"), 300);
  return read === null ? typed : `${typed} Read as ${escapeTo(read, 200)}.`;
}

/**
 * The whole bypass in one text: what a screen reader or a notification reads. The reason comes last but for the facts
 * and takes what room is left; untrusted words are escaped.
 */
export function summary(scene: Scene): string {
  const { state } = scene.record;
  const declared = entryOf(scene, "bypass.declared");
  const newest = scene.record.entries.at(-1);
  const before = [`${heading(scene)}: ${inOneLine(scene)}`, scene.texts ? target(scene) : scene.withheldBecause];
  const after = [
    unmarked(howItStands(scene)),
    state.status === "requested" ? `Can approve: ${roles(scene, 600)}.` : "",
    `Path: ${escapeTo(pathTitle(scene), 90)}, for ${lasting(state)}.`,
    `Declared ${dateToken(state.declaredAt)}.`,
    reviewLine(scene),
    newest === undefined ? "" : `Trail ${newest.seq}, head ${newest.head}.`,
  ];
  const rest = [...before, ...after].filter((part) => part !== "").join(" ").length;
  const room = Math.max(SHORTEST_REASON, TEXT_MAX - rest - "Reason: ".length - 2);
  const reason = sentence("Reason", shown(scene, declared, "reason"), room);
  return [...before, reason, ...after].filter((part) => part !== "").join(" ");
}

/** `Review REV-42 due at …`, what it found, or that it was waived. */
export function reviewLine(scene: Scene): string {
  const { review } = scene.record.state;
  if (review === null) return "";
  return `Review ${reviewOf(scene)} ${reviewStands(review)}.`;
}

/** A short notification with one free text at its end, cut to fit. */
export function note(lead: string, text: Shown | null): string {
  if (text === null || text.kind === "withheld") return unmarked(lead);
  return `${unmarked(lead)} ${inText(text, Math.max(SHORTEST_REASON, TEXT_MAX - lead.length - 2))}`;
}
