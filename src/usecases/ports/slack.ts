import type { Effect, MessageKey } from "../../domain/bypass/effects.js";
import type { AccountStatus } from "../../domain/decisions/principal.js";
import type { DrillDue } from "../../domain/drill/due.js";
import type { GateEvent } from "../../domain/events/catalogue/gate.js";
import type { GateItem } from "../../domain/gate/gate-item.js";
import type { Reading } from "../../domain/gate/readings.js";
import type { AckFigures } from "../../domain/notices/acks.js";
import type { Notice } from "../../domain/notices/effects.js";
import type { Posted } from "./delivery.js";
import type { WeekCounts } from "./digest.js";
import type { GateMark } from "./gates.js";
import type { ActionSummary, BypassRecord, BypassSummary } from "./queries.js";

/** What Slack said of an account, with the moment of the reading. */
export interface Account {
  readonly accountStatus: AccountStatus;
  readonly asOf: Date;
  /** Older than 30 s because Slack could not be asked. */
  readonly stale: boolean;
}

/** Who was in a user group or a schedule, with the moment of the reading. */
export interface Members {
  readonly users: readonly string[];
  readonly asOf: Date;
  /** Older than 30 s because whoever knows could not be asked. */
  readonly stale: boolean;
}

export interface Directory {
  /** `null`: Slack could not be asked and no reading of at most 15 minutes is at hand. */
  account(user: string): Promise<Account | null>;
  /** Accounts in a user group, `null` as above. */
  group(usergroup: string): Promise<Members | null>;
  /** PagerDuty users on call in a schedule at the reading, `null` as above and where there is no token to ask with. */
  schedule(schedule: string): Promise<Members | null>;
}

/** Outcome of one attempt to reach Slack. */
export type Delivery =
  /** `found`: it had been accepted before, so that what stands there was drawn from an older state. */
  | { readonly ok: true; readonly posted: Posted; readonly found?: true }
  /** Slack said no, and will say no again: `code` is Slack's. */
  | { readonly ok: false; readonly kind: "refused"; readonly code: string }
  /** Not accepted for sure (429, connection refused): try again after `retryAfterMs`. */
  | { readonly ok: false; readonly kind: "later"; readonly retryAfterMs: number; readonly code: string }
  /** It may have been accepted; read back before the next try. */
  | { readonly ok: false; readonly kind: "ambiguous"; readonly code: string };

/**
 * Posts what a bypass looks like now. The implementation renders; `record` holds everything it may need. `outboxId`
 * goes into the message's metadata, and with `readBack` the place is searched for it before a second post.
 */
export interface Chat {
  perform(job: {
    readonly effect: Extract<Effect, { kind: "alert.post" | "thread.post" | "dm.post" }>;
    readonly record: BypassRecord;
    readonly alert: Posted | null;
    readonly outboxId: string;
    readonly readBack: boolean;
    readonly createdAt: Date;
  }): Promise<Delivery>;
  /** Looks for an earlier post of the job, and posts nothing; `null` when there is none. */
  find(job: Parameters<Chat["perform"]>[0]): Promise<Delivery | null>;
  update(job: {
    readonly message: MessageKey;
    readonly at: Posted;
    readonly record: BypassRecord;
    /** Set where whoever the message is addressed to may not read the texts any more. */
    readonly withheld?: boolean;
  }): Promise<Delivery>;
  /** Posts what belongs to no single bypass; with `readBack` it is looked for first. */
  notice(job: {
    readonly notice: PostNotice;
    readonly content: NoticeContent;
    /** Where the message stands that it replies to; `null` for a message of its own. */
    readonly thread: Posted | null;
    readonly outboxId: string;
    readonly readBack: boolean;
    readonly createdAt: Date;
  }): Promise<Delivery>;
  /** Brings a posted notice up to date. */
  updateNotice(job: { readonly at: Posted; readonly content: NoticeContent }): Promise<Delivery>;
}

/** Notices that are messages of their own. */
export type PostNotice = Extract<
  Notice,
  { kind: "reminder.post" | "overdue.post" | "digest.post" | "gate.post" | "gate.reply" }
>;

/** What a notice is drawn from, as it stood when it was read. `now` is the database's clock (ISO). */
export type NoticeContent =
  | {
      readonly kind: "waits";
      readonly to: string;
      readonly now: string;
      readonly reviews: readonly BypassSummary[];
      readonly actions: readonly ActionSummary[];
      readonly gates: readonly GateItem[];
      readonly drills: readonly DrillDue[];
    }
  | {
      readonly kind: "overdue";
      readonly channel: string;
      readonly now: string;
      readonly reviews: readonly BypassSummary[];
      readonly actions: readonly ActionSummary[];
      readonly gates: readonly GateItem[];
      readonly drills: readonly DrillDue[];
    }
  | {
      readonly kind: "digest";
      readonly channel: string;
      /** The week that it tells of. */
      readonly from: string;
      readonly slot: string;
      readonly now: string;
      readonly counts: WeekCounts;
      readonly acks: readonly AckFigures[];
      /** Gates that are not healthy. */
      readonly readings: readonly Reading[];
    }
  /** A sick gate: its item as it was opened, and how it stands. `told` is the evidence of the opening. */
  | {
      readonly kind: "gate";
      readonly about: "item" | "closed";
      readonly channel: string;
      readonly now: string;
      readonly item: GateItem;
      readonly evidence: Extract<GateEvent, { type: "gate.flagged" }>;
      readonly reading: Reading;
      readonly marks: readonly GateMark[];
    };
