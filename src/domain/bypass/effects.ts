import type { PagerAction } from "../events/catalogue/delivery.js";
import { type Notice, noticeLane } from "../notices/effects.js";
import { type WebhookEffect, webhookLane } from "../webhooks/effects.js";

/**
 * A side effect of a decision. Effects carry ids and versions only, never free text: messages are rendered from the
 * state when they are posted, so that redactions and later changes are honoured.
 */
export type Effect =
  /** Post the alert in the path's channel, with Approve and Deny; `again` is the version of the entry that it was lost. */
  | { readonly kind: "alert.post"; readonly again?: number }
  /** Reply in the alert's thread about the entry with this version; a reminder repeats the buttons. */
  | { readonly kind: "thread.post"; readonly about: ThreadTopic; readonly version: number; readonly broadcast: boolean }
  /** Send a direct message about the entry with this version. */
  | {
      readonly kind: "dm.post";
      readonly to: string;
      readonly about: DirectTopic;
      readonly version: number;
      readonly step: number | null;
    }
  /** Bring a posted message up to date with the state. */
  | { readonly kind: "message.update"; readonly message: MessageKey; readonly version: number }
  /** Bring every message of the bypass up to date, after a text was redacted. */
  | { readonly kind: "rerender"; readonly version: number }
  /** Look up who holds the role and send each a direct message; a `page` is an escalation step, an `ask` is not. */
  | { readonly kind: "page"; readonly purpose: "page" | "ask"; readonly role: string; readonly step: number | null }
  /** Notify an external pager; only `trigger` has a role and a step. */
  | {
      readonly kind: "notify";
      readonly pager: string;
      readonly action: PagerAction;
      readonly role: string | null;
      readonly step: number | null;
    }
  | WebhookEffect
  | Notice;

/**
 * The code of a page that is not sent because it came with a restored backup: the original may have paged for it. A note
 * about it would call the same people, so the alert alone shows it.
 */
export const RESTORED_BACKUP = "restored_backup";

/** What a reply in the alert's thread can be about. */
export const THREAD_TOPICS = [
  "reminder",
  "escalated",
  "settled",
  "alone",
  "page-failed",
  "blocked",
  "unblocked",
  "warning",
  "ended",
  "logged",
  "partial",
  "review",
  "amended",
  "view",
  "put-off",
  "rejected-late",
] as const;
/** What a direct message can be about. */
export const DIRECT_TOPICS = [
  "ask",
  "pending",
  "outcome",
  "warning",
  "ended",
  "alert-failed",
  "blocked",
  "action",
] as const;

/** What a reply in the thread of an alert is about. */
export type ThreadTopic = (typeof THREAD_TOPICS)[number];
/** What a direct message is about. */
export type DirectTopic = (typeof DIRECT_TOPICS)[number];

/**
 * Names a message of a bypass for later updates: `alert`, `thread:reminder:7`, `dm:U1:ask:4`, `dm:U1:outcome:9`. The
 * number is the version of the entry that the message is about.
 */
export type MessageKey = "alert" | `thread:${ThreadTopic}:${number}` | `dm:${string}:${DirectTopic}:${number}`;

/** A parsed {@link MessageKey}. */
export type MessageName =
  | { readonly place: "alert" }
  | { readonly place: "thread"; readonly about: ThreadTopic; readonly version: number }
  | { readonly place: "direct"; readonly to: string; readonly about: DirectTopic; readonly version: number };

/** An effect that posts a message about a bypass. */
export type PostEffect = Extract<Effect, { kind: "alert.post" | "thread.post" | "dm.post" }>;

/** The key by which a posted message is found again. */
export function messageKey(effect: PostEffect): MessageKey {
  switch (effect.kind) {
    case "alert.post":
      return "alert";
    case "thread.post":
      return threadKey(effect.about, effect.version);
    case "dm.post":
      return directKey(effect.to, effect.about, effect.version);
    default:
      return effect satisfies never;
  }
}

export const threadKey = (about: ThreadTopic, version: number): MessageKey => `thread:${about}:${version}`;

export const directKey = (to: string, about: DirectTopic, version: number): MessageKey =>
  `dm:${to}:${about}:${version}`;

/** Parses a stored {@link MessageKey}; `null` if it names no message. */
export function parseMessageKey(key: string): MessageName | null {
  if (key === "alert") return { place: "alert" };
  const [place, ...rest] = key.split(":");
  const version = Number(rest.at(-1));
  if (!Number.isSafeInteger(version) || version < 1) return null;
  const topic = rest.at(-2);
  if (place === "thread" && rest.length === 2) {
    const about = THREAD_TOPICS.find((known) => known === topic);
    return about === undefined ? null : { place: "thread", about, version };
  }
  const to = rest[0];
  if (place !== "dm" || rest.length !== 3 || to === undefined) return null;
  const about = DIRECT_TOPICS.find((known) => known === topic);
  return about === undefined ? null : { place: "direct", to, about, version };
}

/** The name of the message that an effect posts. */
export function messageNameOf(effect: PostEffect): MessageName {
  switch (effect.kind) {
    case "alert.post":
      return { place: "alert" };
    case "thread.post":
      return { place: "thread", about: effect.about, version: effect.version };
    case "dm.post":
      return { place: "direct", to: effect.to, about: effect.about, version: effect.version };
    default:
      return effect satisfies never;
  }
}

/** The lane of the direct messages to one account. */
export const laneOfDirect = (user: string): string => `dm:${user}`;
export const isDirectLane = (lane: string): boolean => lane.startsWith("dm:");

/**
 * The lane of an effect. Effects in one lane are delivered in order; lanes do not wait for each other, so that an
 * approver whose direct messages fail delays nobody else.
 */
export function laneOf(effect: Effect): string {
  switch (effect.kind) {
    case "alert.post":
      // Replies that wait for the new alert are at the head of their lane.
      return effect.again === undefined ? "channel" : "alert again";
    case "thread.post":
      // Log lines never delay alerts.
      return effect.about === "logged" ? "log" : "channel";
    case "dm.post":
      return laneOfDirect(effect.to);
    case "message.update":
      return effect.message.startsWith("dm:") ? effect.message.split(":", 2).join(":") : "channel";
    case "rerender":
      return "rerender";
    case "page":
      return `page:${effect.purpose}:${effect.role}:${effect.step ?? "ask"}`;
    case "notify":
      // One lane per pager, so that `resolve` never overtakes its `trigger`.
      return `notify:${effect.pager}`;
    case "webhook.send":
      return webhookLane(effect);
    default:
      return noticeLane(effect);
  }
}
