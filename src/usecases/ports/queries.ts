import type { BypassRow } from "../../domain/bypass/row.js";
import type { Bypass } from "../../domain/bypass/state.js";
import type { BypassEvent, SystemEvent } from "../../domain/events/catalogue/catalogue.js";
import type { TextField } from "../../domain/events/catalogue/define.js";
import type { Entry } from "../../domain/events/entries.js";
import type { ReviewForm } from "../../domain/review/form.js";
import type { DigestQueries } from "./digest.js";
import type { GateQueries } from "./gates.js";

/** One entry with what belongs to it for showing: its position in the trail and its texts (`null`: redacted). */
export interface ShownEntry extends Entry<BypassEvent> {
  readonly seq: number;
  /** 24 hex digits of the hash at `seq`. */
  readonly head: string;
  readonly texts: Partial<Record<TextField, string | null>>;
}

/** A bypass as it is shown: its state, its entries with texts, and the database's clock. */
export interface BypassRecord {
  readonly n: number;
  readonly state: Bypass;
  readonly entries: readonly ShownEntry[];
  readonly now: Date;
}

export interface BypassSummary extends BypassRow {
  readonly n: number;
}

/** A thing to do, as it is listed. Times are ISO 8601 in UTC. */
export interface ActionSummary {
  readonly n: number;
  /** Of the bypass that it came out of. */
  readonly kind: "bypass" | "drill";
  readonly action: number;
  /** Version of the entry that opened it. */
  readonly version: number;
  readonly owner: string;
  readonly dueAt: string;
  readonly putOffUntil: string | null;
  /** What is to be done; `null`: redacted. */
  readonly what: string | null;
}

/** What a stored text belongs to: a bypass (`n`), or an item of a gate. */
export interface StoredAt {
  readonly n: number | null;
  readonly gate: { readonly gate: string; readonly item: number } | null;
  readonly redacted: boolean;
}

export interface Queries extends GateQueries, DigestQueries {
  record(n: number): Promise<BypassRecord | null>;
  /** Requested and active, newest first. */
  open(): Promise<{ now: Date; bypasses: readonly BypassSummary[] }>;
  /** Open reviews, the one due first on top. */
  reviews(limit: number): Promise<{ now: Date; bypasses: readonly BypassSummary[] }>;
  /** Numbers of bypasses whose `nextDueAt` has come. */
  due(limit: number): Promise<readonly number[]>;
  /** Numbers of bypasses of which anything is followUp, or should be, now or later. */
  planned(limit: number): Promise<readonly number[]>;
  /** Numbers of bypasses of which a review or an action may have to be followUp now. */
  followUps(limit: number): Promise<readonly number[]>;
  /**
   * The newest Deny (its time) since `since` of a bypass that shares a gate, and either the target (`targetKey`, `null`
   * when it was redacted) or the requester (any of `accounts` was theirs at the declaration).
   */
  lastDeny(
    of: { gates: readonly string[]; targetKey: string | null; accounts: readonly string[] },
    since: Date,
  ): Promise<Date | null>;
  /**
   * Open reviews of bypasses that are over and that one of these roles may write, the one due first on top; none that is put
   * off, and none of a bypass that this person declared, by what the policy says of their accounts now or said then.
   */
  reviewsOf(
    roles: readonly string[],
    writer: { person: string; accounts: readonly string[] },
    limit: number,
  ): Promise<{ now: Date; bypasses: readonly BypassSummary[] }>;
  /** Open actions of these accounts, the one due first on top; none that is put off. */
  actionsOf(owners: readonly string[], limit: number): Promise<readonly ActionSummary[]>;
  /** As `reviewsOf` and `actionsOf`: what is overdue of the bypasses that were declared for that channel. */
  overdueReviews(channel: string, limit: number): Promise<{ now: Date; bypasses: readonly BypassSummary[] }>;
  overdueActions(channel: string, limit: number): Promise<readonly ActionSummary[]>;
  /** Accounts that have opened the App Home within two weeks, the newest first; a few hundred at most. */
  homeViewers(): Promise<readonly string[]>;
  /** What that account has written so far of the review, if anything. */
  draft(n: number, account: string): Promise<ReviewForm | null>;
  /** The bypass whose alert stands at this place. */
  atMessage(channel: string, ts: string): Promise<number | null>;
  /** The policy that the trail names last, and where; `null` when it names none. */
  policyOnRecord(): Promise<{ hash: string; seq: number } | null>;
  /** Twelve hex digits that name this installation for good, to whoever serves many: from the trail's first entry. */
  installation(): Promise<string>;
  /** Which stored text is this? `null` when there is no such entry. */
  textAt(seq: number, field: TextField): Promise<StoredAt | null>;
}

/** Facts of no bypass are written through this; the chain is the same. */
export interface SystemEntry {
  readonly event: SystemEvent;
  readonly texts?: Partial<Record<TextField, string>>;
}
