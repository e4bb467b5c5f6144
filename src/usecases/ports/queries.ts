import type { BypassRow } from "../../domain/bypass/row.js";
import type { Bypass } from "../../domain/bypass/state.js";
import type { BypassEvent, SystemEvent } from "../../domain/events/catalogue/catalogue.js";
import type { TextField } from "../../domain/events/catalogue/define.js";
import type { Entry } from "../../domain/events/entries.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { StoredEntry } from "../../domain/verify/stored.js";
import type { CarriedBypass } from "./bypass-ref.js";
import type { DigestQueries } from "./digest.js";
import type { GateQueries } from "./gates.js";
import type { TextAddress } from "./trail.js";
import type { RecordedUses, UseQueries } from "./uses.js";
import type { WebhookQueries } from "./webhooks.js";

/** One entry for display, with its position in the trail and its texts (`null`: redacted). */
export interface ShownEntry extends Entry<BypassEvent> {
  readonly seq: number;
  /** 24 hex digits of the hash at `seq`. */
  readonly head: string;
  readonly texts: Partial<Record<TextField, string | null>>;
}

/** A bypass for display: its state, its entries with texts, and the database's clock. */
export interface BypassRecord {
  readonly n: number;
  readonly state: Bypass;
  readonly entries: readonly ShownEntry[];
  readonly now: Date;
  /** Which runs of pipelines used its grant. Read for `show` and for the review alone. */
  readonly uses?: RecordedUses;
}

/** One row of a list of bypasses. */
export interface BypassSummary extends BypassRow {
  readonly n: number;
  /** 24 hex digits of the hash of its declaration. */
  readonly identity: string;
}

/** What is looked at of every open bypass, however many there are. */
export interface OpenBypass extends Pick<BypassRow, "status" | "requesterUser" | "alertTs" | "declaredAt"> {
  readonly n: number;
  /** Whether it skips one of the gates that were named as forbidden. */
  readonly isForbidden: boolean;
}

/** An action of a review, for lists. Times are ISO 8601 in UTC. */
export interface ActionSummary {
  readonly n: number;
  /** Kind of the bypass that the action came out of. */
  readonly kind: "bypass" | "drill";
  readonly action: number;
  /** Version of the entry that opened it. */
  readonly version: number;
  /** 24 hex digits of the hash of that entry. */
  readonly identity: string;
  readonly owner: string;
  readonly dueAt: string;
  readonly putOffUntil: string | null;
  /** The text of the action; `null`: redacted. */
  readonly what: string | null;
}

/** The owner of a stored text: a bypass (`n`) or an item of a gate. */
export interface StoredAt {
  readonly n: number | null;
  readonly gate: { readonly gate: string; readonly item: number } | null;
  readonly redacted: boolean;
}

/** A restore on record: the event and the time of its entry (ISO). */
export interface RecordedGap {
  readonly at: string;
  readonly event: Extract<SystemEvent, { type: "trail.gap" }>;
}

/**
 * A bypass for which another person's no to an earlier one of the same kind holds too: they share a gate, and either the
 * requester or the target. Words and redacted targets cannot be compared, so they count as the same, whatever the other is.
 */
export interface RejectionQuery {
  readonly kind: "bypass" | "drill";
  readonly gates: readonly string[];
  /** `null` when the target cannot be compared. */
  readonly targetKey: string | null;
  /** The requester's accounts. Those of the earlier bypass are the ones at its declaration. */
  readonly accounts: readonly string[];
}

/** Reads of the trail and of the tables that follow from it. */
export interface Queries extends GateQueries, DigestQueries, UseQueries, WebhookQueries {
  record(n: number): Promise<BypassRecord | null>;
  /** Requested and active, newest first; `total` counts them all. */
  open(limit: number): Promise<{ now: Date; bypasses: readonly BypassSummary[]; total: number }>;
  /** Requested and active, all of them, without what may be large. */
  openInBrief(forbidden: readonly string[]): Promise<{ now: Date; bypasses: readonly OpenBypass[] }>;
  /** Open reviews, the one due first on top; `total` counts them all. */
  reviews(limit: number): Promise<{ now: Date; bypasses: readonly BypassSummary[]; total: number }>;
  /** Numbers of bypasses whose `nextDueAt` has come. */
  due(limit: number): Promise<readonly number[]>;
  /** Numbers of bypasses that have, or should have, a follow-up now or later. */
  planned(limit: number): Promise<readonly number[]>;
  /** Numbers of bypasses whose review or actions may need a follow-up now. */
  followUps(limit: number): Promise<readonly number[]>;
  /** The time of the newest rejection since `since` that also holds for such a bypass; `null` when there is none. */
  lastRejection(of: RejectionQuery, since: Date): Promise<Date | null>;
  /** When drills since `since` were declared (ISO) by one of these accounts, oldest first. */
  drillsOf(accounts: readonly string[], since: Date): Promise<readonly string[]>;
  /**
   * Open reviews that one of these roles may write, of bypasses that are over, the one due first on top. Leaves out
   * reviews that are put off, and bypasses that this person declared, by their accounts in the policy now or at the
   * declaration.
   */
  reviewsOf(
    roles: readonly string[],
    writer: { person: string; accounts: readonly string[] },
    limit: number,
  ): Promise<{ now: Date; bypasses: readonly BypassSummary[] }>;
  /** Open actions of these accounts that are not put off, the one due first on top. */
  actionsOf(owners: readonly string[], limit: number): Promise<readonly ActionSummary[]>;
  /** As `reviewsOf` and `actionsOf`, but what is overdue among the bypasses whose alerts belong to that channel. */
  overdueReviews(channel: string, limit: number): Promise<{ now: Date; bypasses: readonly BypassSummary[] }>;
  overdueActions(channel: string, limit: number): Promise<readonly ActionSummary[]>;
  /** How many open reviews and actions are past their day and not put off, in all channels. */
  overdue(): Promise<{ readonly reviews: number; readonly actions: number }>;
  /** Accounts that opened the App Home within two weeks, the newest first; a few hundred at most. */
  homeViewers(): Promise<readonly string[]>;
  /** That account's draft of the review; `null` when there is none. */
  draft(n: number, account: string): Promise<ReviewForm | null>;
  /** The bypass whose alert is this message; `null` when there is none. */
  atMessage(channel: string, ts: string): Promise<CarriedBypass | null>;
  /** 24 hex digits of the hash of the entry with that version; `null` when there is no such entry. */
  identityAt(n: number, version: number): Promise<string | null>;
  /** The last policy in the trail and its position; `null` when there is none. */
  policyOnRecord(): Promise<{ hash: string; seq: number } | null>;
  /** Twelve hex digits that identify this installation to shared services; from the trail's first entry. */
  installation(): Promise<string>;
  /** The short head at each of these positions that the trail has. */
  headsAt(positions: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Ids of the channels of the newest alerts. */
  alertChannels(): Promise<readonly string[]>;
  /** The gaps on record, oldest first, and the positions of those that cannot be read. */
  gaps(): Promise<{ readonly gaps: readonly RecordedGap[]; readonly unreadable: readonly number[] }>;
  /** The owner of a stored text; `null` when there is no such entry. */
  textAt(seq: number, field: TextField): Promise<StoredAt | null>;
  /**
   * The entries whose origins a redaction of that text removes (`all`), and those by which these can be proven (`record`), in
   * order: the whole of their bypasses, and what their requests name elsewhere.
   */
  originsGoing(text: TextAddress): Promise<{ all: readonly number[]; record: readonly number[] }>;
  /** These entries as they are stored, in order. Each may have half a megabyte of texts. */
  storedEntries(positions: readonly number[]): Promise<readonly StoredEntry[]>;
}
