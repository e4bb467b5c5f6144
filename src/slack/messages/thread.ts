import type { KnownBlock } from "@slack/types";
import { MAX_TEXT } from "../../domain/bypass/decide/texts.js";
import type { ThreadTopic } from "../../domain/bypass/effects.js";
import type { BypassFact } from "../../domain/bypass/entries.js";
import type { ShownEntry } from "../../usecases/ports.js";
import { dateToken, duration, remaining, secondsBetween } from "../block-kit/dates.js";
import { escapeTo } from "../block-kit/escape.js";
import { actorMention, mention, roleMention, roleName } from "../block-kit/mentions.js";
import { quote, rich } from "../block-kit/rich-text.js";
import { buttons } from "./buttons.js";
import { callsNobody, WAKES_NOBODY } from "./calling.js";
import {
  blockId,
  entryAt,
  lapsesAt,
  type MessageBody,
  nameOf,
  reasonOf,
  type Scene,
  type Shown,
  shown,
} from "./context.js";
import { drillMark } from "./drill.js";
import { acks, approvedBy, ending, howItStands, noLongerWaits, REVOKED_BECAUSE, unapprovedBecause } from "./outcome.js";
import { drillLine, freeText, said, whoAndWhat } from "./parts.js";
import { actionList, reviewInWords } from "./review.js";
import { inOneLine, note, roles } from "./summary.js";

/** A reply in the alert's thread about the entry with that version. It is told from the entry, so it stays true later. */
export function threadMessage(scene: Scene, about: ThreadTopic, version: number): MessageBody {
  const entry = entryAt(scene, version);
  const { state } = scene.record;
  switch (about) {
    case "reminder":
      return reminder(scene);
    case "escalated":
      return told(scene, escalated(scene, entry?.fact));
    case "partial":
      return told(scene, partial(scene, entry?.fact, entry === undefined ? "" : actorMention(entry.actor)));
    case "page-failed":
      return told(scene, pageFailed(scene, entry?.fact));
    case "warning":
      return warning(scene);
    case "settled":
    case "alone":
    case "ended": {
      if (entry === undefined) return told(scene, howItStands(scene));
      const line = settlement(scene, entry.fact, actorMention(entry.actor), entry.at);
      return told(scene, line, reasonOf(scene, entry));
    }
    case "logged": {
      const who = entry === undefined ? mention(state.requester.user) : actorMention(entry.actor);
      return told(scene, `${nameOf(scene)} log by ${who}:`, shown(scene, entry, "line"));
    }
    case "review":
    case "amended":
      return reviewTold(scene, entry, about);
    case "view":
      return told(
        scene,
        `*The requester's view of ${nameOf(scene)}*, added by ${entry === undefined ? "the requester" : actorMention(entry.actor)}:`,
        shown(scene, entry, "line"),
      );
    default:
      return about satisfies never;
  }
}

/** The verdict, what forced it and what was learned, told once in the thread. */
function reviewTold(scene: Scene, entry: ShownEntry | undefined, about: "review" | "amended"): MessageBody {
  if (entry?.fact.type !== "review.submitted" && entry?.fact.type !== "review.amended") {
    return told(scene, howItStands(scene));
  }
  const line = reviewInWords(scene, entry.fact, actorMention(entry.actor), about === "amended");
  return told(scene, line, shown(scene, entry, "lesson"), [...actionList(scene, entry)]);
}

function told(scene: Scene, line: string, text: Shown | null = null, more: readonly KnownBlock[] = []): MessageBody {
  const quoted =
    text === null || text.kind === "withheld" ? [] : [rich(blockId(scene, "quote"), quote(freeText(text, MAX_TEXT)))];
  return {
    text: note(`${drillMark(scene.record.state)}${line}`, text),
    blocks: [...drillLine(scene), said(scene, "line", line), ...quoted, ...more],
  };
}

function reminder(scene: Scene): MessageBody {
  if (scene.record.state.status !== "requested") return told(scene, noLongerWaits(scene));
  const line = `*${nameOf(scene)} still waits*: ${acks(scene)} It lapses ${dateToken(lapsesAt(scene))}. ${roles(scene, 1200)}`;
  const message = told(scene, line, null, [whoAndWhat(scene), buttons(scene, "approve", "deny")]);
  return { ...message, text: `${message.text} ${inOneLine(scene)}` };
}

function escalated(scene: Scene, fact: BypassFact | undefined): string {
  if (fact?.type !== "ack.escalated") return howItStands(scene);
  const waited = scene.record.state.rungs[fact.rung]?.afterSeconds ?? 0;
  const unanswered = `*${nameOf(scene)} escalated*: no ack ${duration(waited)} after the declaration, so`;
  if (callsNobody(scene)) return `${unanswered} ${roleName(fact.role)} may now approve too. ${WAKES_NOBODY}`;
  const who = roleMention(scene.policy, fact.role);
  return `${unanswered} ${who} ${roleName(fact.role)} is paged and may now approve too.`;
}

function partial(scene: Scene, fact: BypassFact | undefined, who: string): string {
  if (fact?.type !== "ack.given") return howItStands(scene);
  const missing = fact.needed - fact.count;
  const others = missing === 1 ? "one more person has" : `${missing} more people have`;
  return `*${nameOf(scene)}: ${fact.count} of ${fact.needed} acks*. ${who} approves; ${others} to before it is active.`;
}

function pageFailed(scene: Scene, fact: BypassFact | undefined): string {
  if (fact?.type !== "page.failed") return howItStands(scene);
  const until = `the request waits until ${dateToken(lapsesAt(scene))}.`;
  if (fact.role !== null && callsNobody(scene)) {
    return `*${nameOf(scene)}: ${roleName(fact.role)} was not paged.* ${WAKES_NOBODY} Whoever is awake may approve; ${until}`;
  }
  const role = fact.role === null ? "" : ` ${roleName(fact.role)}`;
  const who =
    fact.user !== null ? mention(fact.user) : fact.role !== null ? roleMention(scene.policy, fact.role) : "somebody";
  return `*${nameOf(scene)}: could not page* ${who}${role} (${escapeTo(fact.via, 40)}: ${escapeTo(fact.code, 80)}). Reach them another way: ${until}`;
}

/** Told while the grant runs, with a way to go on; after Close or Revoke there is nothing to go on with. */
function warning(scene: Scene): MessageBody {
  const { state } = scene.record;
  if (!("grant" in state)) return told(scene, howItStands(scene));
  const goOn = state.status === "active" || state.status === "expired" ? [buttons(scene, "again")] : [];
  return told(scene, warningLine(scene, state.grant.endsAt), null, goOn);
}

/** "BG-42 ends …": for thread and direct message alike. */
export function warningLine(scene: Scene, endsAt: string): string {
  const { state, now } = scene.record;
  if (state.status !== "active") return howItStands(scene);
  const left = remaining(secondsBetween(now, endsAt));
  return `*${nameOf(scene)} ends ${dateToken(endsAt)}* (${left} left at ${dateToken(now.toISOString(), "time")}). There is no extension: if the emergency goes on, break glass again, which needs a new ack.`;
}

/** The one sentence about a settlement or an end, from the entry that made it so. */
export function settlement(scene: Scene, fact: BypassFact, who: string, at: string): string {
  switch (fact.type) {
    case "bypass.activated": {
      const how = fact.approved ? approvedBy(scene.record.state) : unapprovedBecause(scene.record.state, at);
      return `${how} ${nameOf(scene)} is *active* until ${dateToken(fact.endsAt)}.`;
    }
    case "bypass.denied":
      return ending(scene, "denied", who, at);
    case "bypass.withdrawn":
      return ending(scene, "withdrawn", who, at);
    case "bypass.closed":
      return ending(scene, "closed", who, at);
    case "bypass.expired":
      // When the grant ended, not when somebody got round to recording it.
      return ending(scene, "expired", who, endOf(scene, at));
    case "bypass.revoked":
      return ending(scene, "revoked", who, at, REVOKED_BECAUSE[fact.why]);
    default:
      return howItStands(scene);
  }
}

function endOf(scene: Scene, recordedAt: string): string {
  const { state } = scene.record;
  return state.status === "expired" ? state.endedAt : recordedAt;
}
