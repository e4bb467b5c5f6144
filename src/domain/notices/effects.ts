/**
 * What must be told that belongs to no single bypass: reminders, overdue work, the digest, sick gates. As all effects they
 * carry ids and moments only; what is posted is rendered from state at the moment of posting.
 */
export type Notice =
  /** Find out who is meant (the holders of a role, or one account) and address each once for this slot. */
  | { readonly kind: "reminder"; readonly role: string | null; readonly user: string | null; readonly slot: string }
  /** What waits for one person, in one direct message. */
  | { readonly kind: "reminder.post"; readonly to: string; readonly slot: string }
  /** Let the channel be told of what is overdue, once for this slot. */
  | { readonly kind: "overdue"; readonly channel: string; readonly slot: string }
  | { readonly kind: "overdue.post"; readonly channel: string; readonly slot: string }
  | { readonly kind: "digest.post"; readonly channel: string; readonly slot: string }
  /** The loud message about a sick gate. */
  | { readonly kind: "gate.post"; readonly gate: string; readonly item: number }
  /** A reply in its thread that tells how the item was closed. */
  | { readonly kind: "gate.reply"; readonly gate: string; readonly item: number }
  | { readonly kind: "gate.update"; readonly gate: string; readonly item: number }
  /** Look at the readings of the gates of a bypass. */
  | { readonly kind: "readings" };

/** Kinds of {@link Notice}. */
const NOTICE_KINDS = [
  "reminder",
  "reminder.post",
  "overdue",
  "overdue.post",
  "digest.post",
  "gate.post",
  "gate.reply",
  "gate.update",
  "readings",
] as const satisfies readonly Notice["kind"][];

/** Is that effect one of these? */
export const isNotice = (effect: { readonly kind: string }): effect is Notice =>
  NOTICE_KINDS.some((kind) => kind === effect.kind);

/** Why a notice is given back that is told when the office opens, not now: it waits, and nothing is wrong. */
export const OFFICE_CLOSED = "outside_office_hours";

/** Effects of no bypass lie in the outbox under this number. */
export const OF_NO_BYPASS = 0;

/** Names a posted notice for later updates, or so that it is posted once. */
export type NoticeKey =
  | `reminder:${string}:${string}`
  | `overdue:${string}:${string}`
  | `digest:${string}:${string}`
  | `gate:${string}:${number}`
  | `gate-reply:${string}:${number}`;

/** The key under which a posted notice is found again; `null` for what posts nothing of its own. */
export function noticeKey(notice: Notice): NoticeKey | null {
  switch (notice.kind) {
    case "reminder.post":
      return `reminder:${notice.to}:${notice.slot}`;
    case "overdue.post":
      return `overdue:${notice.channel}:${notice.slot}`;
    case "digest.post":
      return `digest:${notice.channel}:${notice.slot}`;
    case "gate.post":
    case "gate.update":
      return `gate:${notice.gate}:${notice.item}`;
    case "gate.reply":
      return `gate-reply:${notice.gate}:${notice.item}`;
    case "reminder":
    case "overdue":
    case "readings":
      return null;
    default:
      return notice satisfies never;
  }
}

/** Notices of one receiver keep their order; see `laneOf` of the bypass's effects. */
export function noticeLane(notice: Notice): string {
  switch (notice.kind) {
    case "reminder":
      return `reminder:${notice.role ?? notice.user ?? ""}:${notice.slot}`;
    case "reminder.post":
      return `dm:${notice.to}`;
    case "overdue":
      return `overdue:${notice.channel}:${notice.slot}`;
    case "overdue.post":
    case "digest.post":
      return `channel:${notice.channel}`;
    case "gate.post":
    case "gate.reply":
    case "gate.update":
      return `gate:${notice.gate}`;
    case "readings":
      return "readings";
    default:
      return notice satisfies never;
  }
}
