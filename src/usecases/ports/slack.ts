import type { Effect, MessageKey } from "../../domain/bypass/effects.js";
import type { AccountStatus, SourceRefusal } from "../../domain/decisions/principal.js";
import type { DrillDue } from "../../domain/drill/due.js";
import type { GateEvent } from "../../domain/events/catalogue/gate.js";
import type { Reading } from "../../domain/gate/readings.js";
import type { AckFigures } from "../../domain/notices/ack-figures.js";
import type { Notice } from "../../domain/notices/effects.js";
import type { Posted, PostedMessage } from "./delivery.js";
import type { WeekCounts } from "./digest.js";
import type { GateMark, RecordedGateItem } from "./gates.js";
import type { ActionSummary, BypassRecord, BypassSummary } from "./queries.js";
import type { GrantUse } from "./uses.js";

/** An account as Slack reported it, with the time of the reading. */
export interface Account {
  /** Every id by which Slack is known to name the account, the one asked for among them. */
  readonly ids: readonly string[];
  readonly accountStatus: AccountStatus;
  readonly asOf: Date;
  /** Older than 30 s, because Slack could not be asked. */
  readonly stale: boolean;
}

/** The members of a user group or a schedule, with the time of the reading. */
export interface Members {
  readonly users: readonly string[];
  readonly asOf: Date;
  /** Older than 30 s, because the source could not be asked. */
  readonly stale: boolean;
}

/** What Slack and the on-call schedules say about people. Answers are as fresh as {@link CHECKED_AT_THE_CLICK} says. */
export interface Directory {
  /** `null`: Slack could not be asked, and there is no reading of at most 15 minutes. */
  account(user: string): Promise<Account | null>;
  /** Accounts in a user group, `null` as above. */
  group(usergroup: string): Promise<Members | null>;
  /** PagerDuty users on call in a schedule; `null` as above, and when no token is configured. */
  schedule(schedule: string): Promise<Members | null>;
  /**
   * Why these cannot be read until somebody changes something at Slack or PagerDuty; `null` when another try may help.
   * Left out: nothing is known about it.
   */
  refusal?(what: "account" | "usergroup" | "schedule"): Promise<SourceRefusal | null>;
}

/** Outcome of one attempt to reach Slack. */
export type Delivery =
  /** `found`: an earlier attempt had posted the message, so it shows an older state. */
  | { readonly ok: true; readonly posted: Posted; readonly found?: true }
  /**
   * Slack refused, and a retry would be refused too. `code` is Slack's. `gone`: because the message, or the first one of
   * the thread, was deleted; `locked`: because it can no longer be edited.
   */
  | {
      readonly ok: false;
      readonly kind: "refused";
      readonly code: string;
      readonly message?: "gone" | "locked";
    }
  /**
   * Certainly not accepted (429, connection refused): retry after `retryAfterMs`. `untried`: only because the rate of
   * calls was used up, so it does not count as an attempt.
   */
  | {
      readonly ok: false;
      readonly kind: "later";
      readonly retryAfterMs: number;
      readonly code: string;
      readonly untried?: true;
    }
  /** Perhaps accepted: read back before the next attempt. */
  | { readonly ok: false; readonly kind: "ambiguous"; readonly code: string };

/** What every job has that changes something in Slack. */
interface ClaimedJob {
  /** Asked right before the call. If false, the job ends as `later` with the code `TAKEN_OVER`. */
  readonly stillMine: () => boolean;
}

/**
 * Posts and updates messages. The implementation renders them from `record`. `outboxId` goes into the message's
 * metadata; with `readBack`, the channel is searched for it before the message is posted again.
 */
export interface Chat {
  perform(
    job: {
      readonly effect: Extract<Effect, { kind: "alert.post" | "thread.post" | "dm.post" }>;
      readonly record: BypassRecord;
      readonly alert: Posted | null;
      readonly outboxId: string;
      readonly readBack: boolean;
      readonly createdAt: Date;
    } & ClaimedJob,
  ): Promise<Delivery>;
  /** Looks for an earlier post of the job without posting; `null` when there is none. */
  find(job: Parameters<Chat["perform"]>[0]): Promise<Delivery | null>;
  update(
    job: {
      readonly message: MessageKey;
      readonly at: PostedMessage;
      readonly record: BypassRecord;
      /** Set when the addressee may no longer read the texts. */
      readonly withheld?: boolean;
    } & ClaimedJob,
  ): Promise<Delivery>;
  /** Posts a message that belongs to no single bypass; with `readBack`, looks for an earlier post first. */
  notice(
    job: {
      readonly notice: PostNotice;
      readonly content: NoticeContent;
      /** The message that this one replies to; `null` for a message of its own. */
      readonly thread: Posted | null;
      readonly outboxId: string;
      readonly readBack: boolean;
      readonly createdAt: Date;
    } & ClaimedJob,
  ): Promise<Delivery>;
  /** Updates a posted notice. */
  updateNotice(job: { readonly at: Posted; readonly content: NoticeContent } & ClaimedJob): Promise<Delivery>;
  /** Deletes a message of the bot. Deleting one that is gone succeeds. */
  remove(at: Posted): Promise<Delivery>;
}

/** Notices that post a message. */
export type PostNotice = Extract<
  Notice,
  { kind: "reminder.post" | "overdue.post" | "digest.post" | "gate.post" | "gate.reply" | "gap.post" | "use.post" }
>;

/** That an owner put a gate item off, by the entry that tells it. */
export interface GatePutOff {
  readonly mark: GateMark;
  readonly by: string;
  readonly until: string;
  readonly count: number;
}

/** What a notice is rendered from, as it was when it was read. `now` is the database's clock (ISO). */
export type NoticeContent =
  | {
      readonly kind: "uses";
      /** The bypass whose grant was used. */
      readonly n: number;
      readonly channel: string;
      /** Oldest first: the first ones, if there are many. */
      readonly uses: readonly GrantUse[];
      readonly total: number;
    }
  | {
      readonly kind: "waits";
      readonly to: string;
      readonly now: string;
      readonly reviews: readonly BypassSummary[];
      readonly actions: readonly ActionSummary[];
      readonly gates: readonly RecordedGateItem[];
      readonly drills: readonly DrillDue[];
    }
  | {
      readonly kind: "overdue";
      readonly channel: string;
      readonly now: string;
      readonly reviews: readonly BypassSummary[];
      readonly actions: readonly ActionSummary[];
      readonly gates: readonly RecordedGateItem[];
      readonly drills: readonly DrillDue[];
    }
  | {
      readonly kind: "digest";
      readonly channel: string;
      /** Start of the week that the digest covers. */
      readonly from: string;
      readonly slot: string;
      readonly now: string;
      readonly counts: WeekCounts;
      readonly acks: readonly AckFigures[];
      /** Gates that are not healthy. */
      readonly readings: readonly Reading[];
    }
  /** The trail is a restored backup. */
  | { readonly kind: "gap"; readonly channel: string; readonly now: string }
  /** A sick gate and its item. `evidence` is the event that opened the item. */
  | {
      readonly kind: "gate";
      readonly about: "item" | "closed" | GatePutOff;
      readonly channel: string;
      readonly now: string;
      readonly item: RecordedGateItem;
      readonly evidence: Extract<GateEvent, { type: "gate.flagged" }>;
      readonly reading: Reading;
      readonly marks: readonly GateMark[];
    };
