import type { KnownBlock } from "@slack/types";
import { lapseAt } from "../../domain/bypass/due.js";
import { isQuiet } from "../../domain/drill/quiet.js";
import type { BypassEvent } from "../../domain/events/catalogue/catalogue.js";
import type { TextField } from "../../domain/events/catalogue/define.js";
import { bypassName, reviewName } from "../../domain/events/names.js";
import { incidentLink } from "../../domain/policy/patterns.js";
import type { Policy } from "../../domain/policy/policy.js";
import type { BypassRecord, ShownEntry } from "../../usecases/ports/ports.js";
import { roleMention, roleName } from "../block-kit/mentions.js";

/** What a message says: `text` alone is what screen readers and notifications read, so it says it all. */
export interface MessageBody {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Everything that a message about one bypass is rendered from. */
export interface MessageContext {
  readonly record: BypassRecord;
  /** The policy in force: titles, links and who holds a role now. */
  readonly policy: Policy;
  /** False where reason, target and other free texts may not be read; the message then says that they are left out. */
  readonly texts: boolean;
  /** Why they are left out, as a whole sentence. */
  readonly withheldBecause: string;
  /** Where the alert can be opened. */
  readonly alertLink: string | null;
}

export const NO_LONGER_ASKED = "Reason and target are left out: you no longer hold a role that may read them.";
export const SHARED_CHANNEL = "Reason and target are left out: this channel is shared with another organisation.";

/** The context of a message; by default one that may say everything. */
export function messageContextOf(
  record: BypassRecord,
  policy: Policy,
  more: Partial<Pick<MessageContext, "texts" | "withheldBecause" | "alertLink">> = {},
): MessageContext {
  return { record, policy, texts: true, withheldBecause: SHARED_CHANNEL, alertLink: null, ...more };
}

export const nameOf = (context: MessageContext): string => bypassName(context.record.n);
export const reviewOf = (context: MessageContext): string => reviewName(context.record.n);

/** A block id that changes with each version, so that a click on a stale copy can be told: `bg-42-v7-actions`. */
export function blockId(context: MessageContext, part: string): string {
  return `bg-${context.record.n}-v${context.record.state.version}-${part}`;
}

/** The title of the path, or its id where the policy in force no longer has it. */
export function pathTitle(context: MessageContext): string {
  return context.policy.paths[context.record.state.path]?.title ?? context.record.state.path;
}

/** The title of the gate, or its id where the policy no longer has it. */
export function gateTitle(policy: Policy, gate: string): string {
  return policy.gates[gate]?.title ?? gate;
}

/** Where the incident can be opened, if the path says so. */
export function incidentUrl(context: MessageContext): string | null {
  const { incident, path } = context.record.state;
  return incident === null ? null : incidentLink(context.policy.paths[path]?.incidentUrl ?? null, incident);
}

/** A free text as this message may show it. */
export type VisibleText = { readonly kind: "text"; readonly text: string } | { readonly kind: "redacted" | "withheld" };

/** The normalised target, where people's texts may be read and it says something that was not typed; else `null`. */
export function targetReadAs(context: MessageContext): string | null {
  const declared = entryOf(context, "bypass.declared");
  const typed = visibleText(context, declared, "target_typed");
  const key = visibleText(context, declared, "target_key");
  if (typed.kind !== "text" || key.kind !== "text" || context.record.state.target.kind === "text") return null;
  return typed.text.toLowerCase() === key.text ? null : key.text;
}

/** The text of one entry. A text that is missing was redacted: texts leave the store in no other way. */
export function visibleText(context: MessageContext, entry: ShownEntry | undefined, field: TextField): VisibleText {
  if (!context.texts) return { kind: "withheld" };
  const text = entry?.texts[field];
  return typeof text === "string" ? { kind: "text", text } : { kind: "redacted" };
}

/** The reason that a person gave in that entry: for a denial or a revocation; `null` where none is asked for. */
export function reasonOf(context: MessageContext, entry: ShownEntry): VisibleText | null {
  const { event } = entry;
  const isGiven = event.type === "bypass.denied" || (event.type === "bypass.revoked" && event.why === "person");
  return isGiven ? visibleText(context, entry, "reason") : null;
}

type EventOf<T extends BypassEvent["type"]> = Extract<BypassEvent, { type: T }>;
export type EntryOf<T extends BypassEvent["type"]> = ShownEntry & { readonly event: EventOf<T> };

const isOf =
  <T extends BypassEvent["type"]>(type: T) =>
  (entry: ShownEntry): entry is EntryOf<T> =>
    entry.event.type === type;

/** The first entry of that kind, if there is one. */
export function entryOf<T extends BypassEvent["type"]>(context: MessageContext, type: T): EntryOf<T> | undefined {
  return context.record.entries.find(isOf(type));
}

/** The entry with that version. */
export function entryAt(context: MessageContext, version: number): ShownEntry | undefined {
  return context.record.entries.find((entry) => entry.version === version);
}

/** ISO time at which the request lapses: later than the policy's `give_up_after` when the escalation came late. */
export function lapsesAt(context: MessageContext): string {
  return new Date(lapseAt(context.record.state)).toISOString();
}

/** ISO time from which Proceed Alone is possible, or `null` where the path never allows it. */
export function aloneFrom(context: MessageContext): string | null {
  const { ack, declaredAt } = context.record.state;
  if (ack.aloneAfterSeconds === null) return null;
  return new Date(Date.parse(declaredAt) + ack.aloneAfterSeconds * 1000).toISOString();
}

/** Stands before everything that is said of a rehearsal: a notification shows these words and little more. */
export const drillMark = ({ kind }: { readonly kind: "bypass" | "drill" }): string =>
  kind === "drill" ? "DRILL " : "";

/** A mention in a channel notifies as many people as a page: where nobody may be woken, roles are named and not mentioned. */
export const callsNobody = ({ policy, record }: MessageContext): boolean => isQuiet(policy, record.state, record.now);

/** Whoever holds that role, mentioned; by name alone where nobody may be woken. */
export const calledRole = (context: MessageContext, role: string): string =>
  callsNobody(context) ? roleName(role) : roleMention(context.policy, role);

/** Takes the place of who is paged or asked. */
export const WAKES_NOBODY = "Outside office hours a drill pages nobody and asks nobody.";
