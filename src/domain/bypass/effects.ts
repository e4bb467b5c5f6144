/**
 * What must happen outside because of what was decided. Effects carry ids and versions only, never free text: what is
 * posted is rendered from state at the moment of posting, so that a redaction and a late change are honoured.
 */
export type Effect =
  /** The loud message in the path's channel, with Approve and Deny. */
  | { readonly kind: "alert.post" }
  /** A reply in the alert's thread about the entry with this version; a reminder carries the buttons again. */
  | { readonly kind: "thread.post"; readonly about: ThreadTopic; readonly version: number; readonly broadcast: boolean }
  /** A direct message about the entry with this version. */
  | {
      readonly kind: "dm.post";
      readonly to: string;
      readonly about: DirectTopic;
      readonly version: number;
      readonly rung: number | null;
    }
  /** Bring a posted message up to date with the state. */
  | { readonly kind: "message.update"; readonly message: MessageKey; readonly version: number }
  /** Bring every message of the bypass up to date, after a text was redacted. */
  | { readonly kind: "redraw"; readonly version: number }
  /** Find out who holds the role and address them; `page` rings through every pager, `ask` is a direct message only. */
  | { readonly kind: "page"; readonly purpose: "page" | "ask"; readonly role: string; readonly rung: number | null };

export type ThreadTopic =
  | "reminder"
  | "escalated"
  | "settled"
  | "alone"
  | "page-failed"
  | "warning"
  | "ended"
  | "logged"
  | "partial";
export type DirectTopic = "ask" | "pending" | "outcome" | "warning" | "ended" | "alert-failed";

/**
 * Names a message of a bypass for later updates: `alert`, `thread:reminder:7`, `dm:U1:ask:4`, `dm:U1:outcome:9`. The
 * number is the version of the entry that the message is about.
 */
export type MessageKey = string;

export type PostEffect = Extract<Effect, { kind: "alert.post" | "thread.post" | "dm.post" }>;

/** The key under which a posted message is found again. */
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

/**
 * Messages that must arrive in order share a lane; lanes do not wait for each other, so that one approver whose direct
 * messages fail delays nobody else.
 */
export function laneOf(effect: Effect): string {
  switch (effect.kind) {
    case "alert.post":
    case "thread.post":
      return "channel";
    case "dm.post":
      return `dm:${effect.to}`;
    case "message.update":
      return effect.message.startsWith("dm:") ? effect.message.split(":", 2).join(":") : "channel";
    case "redraw":
      return "redraw";
    case "page":
      return `page:${effect.purpose}:${effect.role}:${effect.rung ?? "ask"}`;
    default:
      return effect satisfies never;
  }
}
