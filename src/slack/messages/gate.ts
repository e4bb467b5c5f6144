import type { SectionBlock } from "@slack/types";
import { FORCES } from "../../domain/events/catalogue/review.js";
import { bypassName } from "../../domain/events/names.js";
import { type GateItem, ownerOf } from "../../domain/gate/gate-item.js";
import type { Reading } from "../../domain/gate/readings.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { GateMark, GatePutOff, NoticeContent } from "../../usecases/ports/ports.js";
import { section } from "../block-kit/blocks.js";
import { dateToken, duration, secondsBetween } from "../block-kit/dates.js";
import { escapeTo, joinWithin, sentenceList } from "../block-kit/escape.js";
import { mention, roleMention, roleName } from "../block-kit/mentions.js";
import { gateButtons } from "./buttons.js";
import type { MessageBody } from "./context.js";
import { FORCE_WORDS, putOffsLeft } from "./review.js";

type GateBoard = Extract<NoticeContent, { kind: "gate" }>;

const MOST_NAMED = 15;

/** The message in the channel about a sick gate. */
export function gateMessage({ item, evidence, reading, marks }: GateBoard, policy: Policy): MessageBody {
  const head = `*${gateName(policy, item.gate)} is sick*: the gate is wrong, so fix the gate.`;
  const why = `${because(evidence)} ${forces(reading)} ${named(evidence.bypasses)}`;
  const work = `${roleMention(policy, ownerOf(policy, item))} ${roleName(ownerOf(policy, item))} owns it: fix it by ${dateToken(item.dueAt)}. Nobody is refused a bypass because of this.`;
  const closed = item.status === "open" ? [] : [closing(item, marks, policy)];
  const text = [head, why, ...(closed.length === 0 ? [work] : closed)].join(" ").replaceAll("*", "");
  return {
    text,
    blocks: [
      itemSection(item, "head", head),
      itemSection(item, "why", why),
      ...(item.status === "open"
        ? [itemSection(item, "work", work), gateButtons(item)]
        : [itemSection(item, "closed", closed[0] ?? "")]),
    ],
  };
}

/** The reply in its thread that says how the item was closed. */
export function gateClosed({ item, marks }: GateBoard, policy: Policy): MessageBody {
  const line = closing(item, marks, policy);
  return { text: line.replaceAll("*", ""), blocks: [itemSection(item, "closing", line)] };
}

/** The reply in its thread that says who put the item off, until when and why. */
export function gatePutOff({ item }: GateBoard, { mark, by, until, count }: GatePutOff, policy: Policy): MessageBody {
  const why = mark.reason === null ? "The reason is left out here." : `Reason: ${escapeTo(mark.reason, 600)}`;
  const line = `*${gateName(policy, item.gate)} is put off* by ${mention(by)} until ${dateToken(until)}; nobody is reminded of it before. ${why} ${putOffsLeft(count)}`;
  return { text: line.replaceAll("*", ""), blocks: [itemSection(item, `put-off-${count}`, line)] };
}

/** A sick gate, as one line of a list. */
export function gateLine(item: GateItem, policy: Policy, now: string): string {
  const late = secondsBetween(new Date(item.dueAt), now);
  const due = late > 0 ? `*overdue* for ${duration(late)}` : `due ${dateToken(item.dueAt)}`;
  return `*Sick gate* ${gateName(policy, item.gate)}, owned by ${roleName(ownerOf(policy, item))}: ${due}.`;
}

export const gateName = (policy: Policy, gate: string): string =>
  `${escapeTo(policy.gates[gate]?.title ?? gate, 90)} (${roleName(gate)})`;

function because({ because: why, count, reviewed, atFault, windowSeconds }: GateBoard["evidence"]): string {
  const window = duration(windowSeconds);
  return why === "count"
    ? `It was bypassed *${count} times* in ${window}.`
    : `*${atFault} of ${reviewed} reviews* in ${window} say that it is at fault.`;
}

/** What forced the bypasses, the most frequent first, and how many have no review yet: up to two sentences. */
export function forces({ forcedBy, unreviewed }: Pick<Reading, "forcedBy" | "unreviewed">): string {
  const found = FORCES.filter((force) => forcedBy[force] > 0).sort((a, b) => forcedBy[b] - forcedBy[a]);
  const words = sentenceList(found.map((force) => `${FORCE_WORDS[force]} (${forcedBy[force]})`));
  const open = unreviewed === 0 ? "" : `${unreviewed} not reviewed yet.`;
  return [words === "" ? "" : `Forced by ${words}.`, open].filter((sentence) => sentence !== "").join(" ");
}

function named(bypasses: readonly number[]): string {
  const names = bypasses.slice(-MOST_NAMED).map(bypassName);
  const left = bypasses.length - names.length;
  return `Evidence: ${joinWithin(names, 600, ", ")}${left > 0 ? ` and ${left} earlier ones` : ""}.`;
}

function closing(item: GateItem, marks: readonly GateMark[], policy: Policy): string {
  const mark = marks.findLast((candidate) => candidate.item === item.item && candidate.what !== "put_off");
  const when = dateToken(item.closedAt ?? item.openedAt);
  const name = gateName(policy, item.gate);
  if (item.status === "recovered") return `*${name} is well again*, ${when}: its reading has fallen.`;
  const how = mark?.what === "retired" ? "retired" : "changed";
  const why = mark?.reason == null ? "the reason is left out here." : escapeTo(mark.reason, 600);
  return `*${name} is recorded as ${how}*, ${when}: ${why} Bypasses before this no longer count against it.`;
}

function itemSection(item: GateItem, part: string, text: string): SectionBlock {
  return section(text, `gate-${item.gate}-${item.item}-${item.status}-${part}`);
}
