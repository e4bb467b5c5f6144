/**
 * Effects that belong to no single bypass: reminders, overdue work, the digest, sick gates. Like all effects they carry
 * ids and times only; the message is rendered from state when it is posted.
 */
export type Notice =
  /** Look up the recipients (the holders of a role, or one account) and queue one message to each for this slot. */
  | { readonly kind: "reminder"; readonly role: string | null; readonly user: string | null; readonly slot: string }
  /** Everything that waits for one person, in one direct message. */
  | { readonly kind: "reminder.post"; readonly to: string; readonly slot: string }
  /** Queue one message to the channel about overdue work for this slot. */
  | { readonly kind: "overdue"; readonly channel: string; readonly slot: string }
  | { readonly kind: "overdue.post"; readonly channel: string; readonly slot: string }
  | { readonly kind: "digest.post"; readonly channel: string; readonly slot: string }
  /** The loud message about a sick gate. */
  | { readonly kind: "gate.post"; readonly gate: string; readonly item: number }
  /** A reply in its thread that says how the item was closed or, with `putOff`, that it was put off that many times. */
  | { readonly kind: "gate.reply"; readonly gate: string; readonly item: number; readonly putOff?: number }
  | { readonly kind: "gate.update"; readonly gate: string; readonly item: number }
  /** The loud message that the trail is a restored backup. */
  | { readonly kind: "gap.post"; readonly channel: string; readonly slot: string }
  /** The one reply in the alert's thread that says which runs used the grant; posted, or updated to later uses. */
  | { readonly kind: "use.post"; readonly grant: number }
  /** Check the readings of the gates of a bypass. */
  | { readonly kind: "readings" };

const NOTICE_KINDS = [
  "reminder",
  "reminder.post",
  "overdue",
  "overdue.post",
  "digest.post",
  "gate.post",
  "gate.reply",
  "gate.update",
  "gap.post",
  "use.post",
  "readings",
] as const satisfies readonly Notice["kind"][];

/** Whether an effect is a {@link Notice}. */
export const isNotice = (effect: { readonly kind: string }): effect is Notice =>
  NOTICE_KINDS.some((kind) => kind === effect.kind);

/** Why a notice goes back to the outbox until the office opens. It is not a fault. */
export const OFFICE_CLOSED = "outside_office_hours";

/** The bypass number in the outbox for effects that belong to no bypass. */
export const OF_NO_BYPASS = 0;

/** Identifies a posted notice, so that it can be updated and is posted only once. */
export type NoticeKey =
  | `reminder:${string}:${string}`
  | `overdue:${string}:${string}`
  | `digest:${string}:${string}`
  | `gap:${string}:${string}`
  | `gate:${string}:${number}`
  | `gate-reply:${string}:${number}`
  | `uses:${number}`
  | `gate-put-off:${string}:${number}:${number}`;

/** The key of a posted notice; `null` for a notice that posts nothing itself. */
export function noticeKey(notice: Notice): NoticeKey | null {
  switch (notice.kind) {
    case "reminder.post":
      return `reminder:${notice.to}:${notice.slot}`;
    case "overdue.post":
      return `overdue:${notice.channel}:${notice.slot}`;
    case "digest.post":
      return `digest:${notice.channel}:${notice.slot}`;
    case "gap.post":
      return `gap:${notice.channel}:${notice.slot}`;
    case "gate.post":
    case "gate.update":
      return `gate:${notice.gate}:${notice.item}`;
    case "gate.reply":
      return gateReplyKey(notice);
    case "use.post":
      return usesKey(notice.grant);
    case "reminder":
    case "overdue":
    case "readings":
      return null;
    default:
      return notice satisfies never;
  }
}

/** The key of the reply about the uses of a grant. */
export const usesKey = (grant: number): NoticeKey => `uses:${grant}`;

/** The key of a reply in the thread of a sick gate. */
export const gateReplyKey = ({ gate, item, putOff }: Extract<Notice, { kind: "gate.reply" }>): NoticeKey =>
  putOff === undefined ? `gate-reply:${gate}:${item}` : `gate-put-off:${gate}:${item}:${putOff}`;

/**
 * The outbox lane of a notice. Notices to the same recipient keep their order; see `laneOf` for effects of a bypass.
 */
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
    case "gap.post":
      return `channel:${notice.channel}`;
    case "gate.post":
    case "gate.reply":
    case "gate.update":
      return `gate:${notice.gate}`;
    case "use.post":
      return `uses:${notice.grant}`;
    case "readings":
      return "readings";
    default:
      return notice satisfies never;
  }
}
