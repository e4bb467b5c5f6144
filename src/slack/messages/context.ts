import type { KnownBlock } from "@slack/types";
import { aloneAt, lapseAt } from "../../domain/bypass/due.js";
import { isQuiet } from "../../domain/drill/quiet.js";
import type { BypassEvent } from "../../domain/events/catalogue/catalogue.js";
import type { TextField } from "../../domain/events/catalogue/define.js";
import { bypassName, reviewName } from "../../domain/events/names.js";
import { incidentLink } from "../../domain/policy/patterns.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { BypassRecord, ShownEntry } from "../../usecases/ports/ports.js";
import { roleMention, roleName } from "../block-kit/mentions.js";

/** The content of a message. Screen readers and notifications use only `text`, so it must be complete by itself. */
export interface MessageBody {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** The input for rendering a message about one bypass. */
export interface MessageContext {
  readonly record: BypassRecord;
  /** The policy in force: titles, links and who holds a role now. */
  readonly policy: Policy;
  /** False where people's texts may not be shown. The message then says that they are left out. */
  readonly texts: boolean;
  /** Why they are left out, as a full sentence. */
  readonly withheldBecause: string;
  /** The permalink of the alert, if it is known. */
  readonly alertLink: string | null;
}

export const NO_LONGER_ASKED = "Reason and target are left out: you no longer hold a role that may read them.";
export const SHARING_UNKNOWN =
  "Reason and target are left out: it could not be checked with Slack whether this channel is shared with another organisation.";
export const SHARED_CHANNEL = "Reason and target are left out: this channel is shared with another organisation.";

/** The context of a message. By default people's texts are shown. */
export function messageContextOf(
  record: BypassRecord,
  policy: Policy,
  more: Partial<Pick<MessageContext, "texts" | "withheldBecause" | "alertLink">> = {},
): MessageContext {
  return { record, policy, texts: true, withheldBecause: SHARED_CHANNEL, alertLink: null, ...more };
}

export const nameOf = (context: MessageContext): string => bypassName(context.record.n);
export const reviewOf = (context: MessageContext): string => reviewName(context.record.n);

/** A block id that changes with each version, so that a click on a stale copy can be recognised: `bg-42-v7-actions`. */
export function blockId(context: MessageContext, part: string): string {
  return `bg-${context.record.n}-v${context.record.state.version}-${part}`;
}

/** The title of the path, or its id when the policy in force no longer has it. */
export function pathTitle(context: MessageContext): string {
  return context.policy.paths[context.record.state.path]?.title ?? context.record.state.path;
}

/** The title of the gate, or its id when the policy no longer has it. */
export function gateTitle(policy: Policy, gate: string): string {
  return policy.gates[gate]?.title ?? gate;
}

/** The URL of the incident, if the path has a template for it. */
export function incidentUrl(context: MessageContext): string | null {
  const { incident, path } = context.record.state;
  return incident === null ? null : incidentLink(context.policy.paths[path]?.incidentUrl ?? null, incident);
}

/** A free text as this message may show it. */
export type VisibleText = { readonly kind: "text"; readonly text: string } | { readonly kind: "redacted" | "withheld" };

/** The normalised target, if it may be shown and differs from what was typed; otherwise `null`. */
export function targetReadAs(context: MessageContext): string | null {
  const declared = entryOf(context, "bypass.declared");
  const typed = visibleText(context, declared, "target_typed");
  const key = visibleText(context, declared, "target_key");
  if (typed.kind !== "text" || key.kind !== "text" || context.record.state.target.kind === "text") return null;
  return typed.text.toLowerCase() === key.text ? null : key.text;
}

/** One text of an entry. A missing text was redacted: nothing else removes texts from the store. */
export function visibleText(context: MessageContext, entry: ShownEntry | undefined, field: TextField): VisibleText {
  if (!context.texts) return { kind: "withheld" };
  const text = entry?.texts[field];
  return typeof text === "string" ? { kind: "text", text } : { kind: "redacted" };
}

/** The reason that a person gave in the entry, for a denial or a revocation, in time or late; `null` for other entries. */
export function reasonOf(context: MessageContext, entry: ShownEntry): VisibleText | null {
  const { event } = entry;
  const isGiven =
    event.type === "bypass.denied" ||
    event.type === "bypass.rejected_late" ||
    (event.type === "bypass.revoked" && event.why === "person");
  return isGiven ? visibleText(context, entry, "reason") : null;
}

type EventOf<T extends BypassEvent["type"]> = Extract<BypassEvent, { type: T }>;
export type EntryOf<T extends BypassEvent["type"]> = ShownEntry & { readonly event: EventOf<T> };

const isOf =
  <T extends BypassEvent["type"]>(type: T) =>
  (entry: ShownEntry): entry is EntryOf<T> =>
    entry.event.type === type;

/** The first entry of that type, if there is one. */
export function entryOf<T extends BypassEvent["type"]>(context: MessageContext, type: T): EntryOf<T> | undefined {
  return context.record.entries.find(isOf(type));
}

/** The entry with that version. */
export function entryAt(context: MessageContext, version: number): ShownEntry | undefined {
  return context.record.entries.find((entry) => entry.version === version);
}

/** When the request lapses (ISO 8601): later than the policy's `give_up_after` if the escalation was late. */
export function lapsesAt(context: MessageContext): string {
  return new Date(lapseAt(context.record.state)).toISOString();
}

/** When Proceed Alone becomes possible (ISO 8601), or `null` if the path never allows it. */
export function aloneFrom(context: MessageContext): string | null {
  const at = aloneAt(context.record.state);
  return at === null ? null : new Date(at).toISOString();
}

/** Precedes every text about a drill, because a notification shows only the first words. */
export const drillMark = ({ kind }: { readonly kind: "bypass" | "drill" }): string =>
  kind === "drill" ? "DRILL " : "";

/** Whether nobody may be woken. Roles are then named, not mentioned: a mention notifies as many people as a page. */
export const callsNobody = ({ policy, record }: MessageContext): boolean => isQuiet(policy, record.state, record.now);

/** A mention of the holders of the role, or only the role's name when nobody may be woken. */
export const calledRole = (context: MessageContext, role: string): string =>
  callsNobody(context) ? roleName(role) : roleMention(context.policy, role);

/**
 * "20 of them are asked by direct message; this mention asks the other 1,180." Empty when all were asked, and while
 * nobody was.
 */
export function askedDirectly(
  { record }: MessageContext,
  mention: "this mention" | "the mention in the alert",
): string {
  const addressed = record.entries.flatMap(({ event }) => (event.type === "page.addressed" ? [event] : []));
  const others = addressed.reduce((sum, event) => sum + event.others, 0);
  if (others === 0) return "";
  const asked = new Set(addressed.flatMap(({ users }) => users)).size;
  return ` ${asked} of them ${asked === 1 ? "is" : "are"} asked by direct message; ${mention} asks the other ${others.toLocaleString("en-US")}.`;
}

/** Shown instead of who is paged or asked. */
export const WAKES_NOBODY = "Outside office hours a drill pages nobody and asks nobody.";
