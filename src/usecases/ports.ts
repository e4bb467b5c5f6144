/** What the use cases need from the world. The contract suites of the ports stand under test/contract. */

import type { SealedEntry } from "../domain/audit/body.js";
import type { Effect, MessageKey } from "../domain/bypass/effects.js";
import type { BypassFact, Entry, SystemFact, TextField } from "../domain/bypass/entries.js";
import type { Standing } from "../domain/bypass/people.js";
import type { BypassRow } from "../domain/bypass/row.js";
import type { Bypass } from "../domain/bypass/state.js";
import type { PolicyError } from "../domain/policy/findings.js";
import type { Policy } from "../domain/policy/policy.js";

export type { SealedEntry, SealedText } from "../domain/audit/body.js";

// ---------------------------------------------------------------------------------------------------- the trail

/** One state change, all or nothing. */
export interface CommitItem {
  /** Same id, same change: a second commit under it changes nothing and answers what the first one did. */
  readonly commandId: string;
  readonly stream: { readonly kind: "bypass"; readonly n: number | null } | { readonly kind: "system" };
  /** Version of the stream that the decision was made on; 0 for a new bypass; ignored for `system`. */
  readonly expectedVersion: number;
  readonly entries: readonly SealedEntry[];
  /** When a `tick` will next have something to do (ISO 8601, UTC); `null` when never again, and for `system`. */
  readonly nextDueAt: string | null;
  readonly effects: readonly Effect[];
}

export type CommitResult =
  | {
      readonly ok: true;
      /** True when this command had been committed before. */
      readonly duplicate: boolean;
      readonly n: number | null;
      readonly firstSeq: number;
      readonly lastSeq: number;
      /** First 24 hex digits of the chain's head after `lastSeq`. */
      readonly head: string;
      readonly effects: readonly { readonly id: string }[];
    }
  | {
      readonly ok: false;
      /**
       * `conflict`: somebody else changed the stream, decide again. `self_approval`, `repeated_approval`, `settled`:
       * the database's own guard refused what the domain let through. `poisoned`: the item itself is faulty.
       */
      readonly why: "conflict" | "self_approval" | "repeated_approval" | "settled" | "poisoned";
      readonly detail?: string;
    };

export interface Ledger {
  /** The entries of one bypass, oldest first (empty when there is none), and the database's clock at the reading. */
  load(n: number): Promise<{ entries: readonly Entry<BypassFact>[]; now: Date }>;
  /** The database's clock. */
  now(): Promise<Date>;
  /** Commits that wait together travel in one statement; each is taken or refused on its own. */
  commit(item: CommitItem): Promise<CommitResult>;
  /** Has a change been committed under this command id? Tells a repeated delivery from a refused click. */
  known(commandId: string): Promise<boolean>;
  /** As `commit`, and removes the text of entry `seq` in the same statement. */
  redact(item: CommitItem, text: { seq: number; field: TextField }): Promise<CommitResult>;
}

// ------------------------------------------------------------------------------------------------------- queries

/** One entry with what belongs to it for showing: its position in the trail and its texts (`null`: redacted). */
export interface ShownEntry extends Entry<BypassFact> {
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

export interface Queries {
  record(n: number): Promise<BypassRecord | null>;
  /** Requested and active, newest first. */
  open(): Promise<{ now: Date; bypasses: readonly BypassSummary[] }>;
  /** Open reviews, the one due first on top. */
  reviews(limit: number): Promise<{ now: Date; bypasses: readonly BypassSummary[] }>;
  /** Numbers of bypasses whose `nextDueAt` has come. */
  due(limit: number): Promise<readonly number[]>;
  /**
   * The newest Deny (its time) since `since` of a bypass that shares a gate, and either the target (`targetKey`, `null`
   * when it was redacted) or the requester (any of `accounts`).
   */
  lastDeny(
    of: { gates: readonly string[]; targetKey: string | null; accounts: readonly string[] },
    since: Date,
  ): Promise<Date | null>;
  /** The bypass whose alert stands at this place. */
  atMessage(channel: string, ts: string): Promise<number | null>;
  /** The policy that the trail names last, and where; `null` when it names none. */
  policyOnRecord(): Promise<{ hash: string; seq: number } | null>;
  /** Which stored text is this? `null` when there is no such entry. */
  textAt(seq: number, field: TextField): Promise<{ n: number | null; redacted: boolean } | null>;
}

/** Facts of no bypass are written through this; the chain is the same. */
export interface SystemEntry {
  readonly fact: SystemFact;
  readonly texts?: Partial<Record<TextField, string>>;
}

// ------------------------------------------------------------------------------------------------------ delivery

/** An outbox row that this process has claimed and must finish or give back before its lease runs out. */
export interface ClaimedEffect {
  readonly id: string;
  readonly n: number;
  readonly effect: Effect;
  /** 1 on the first try. From the second on, an ambiguous earlier try must be read back before posting. */
  readonly attempt: number;
  readonly createdAt: Date;
}

export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

export interface Outbox {
  /** Claims that row if it is due, first in its lane, unclaimed and unfinished. */
  claim(id: string): Promise<ClaimedEffect | null>;
  /** Ids of rows that could be claimed now, oldest first. */
  claimable(limit: number): Promise<readonly string[]>;
  finish(id: string, result: { posted?: Posted; renderedVersion?: number }): Promise<{ next: readonly string[] }>;
  /** Gave up for good; the lane goes on. */
  fail(id: string, code: string): Promise<{ next: readonly string[] }>;
  /** Try again after `delayMs`. */
  release(id: string, delayMs: number, code: string): Promise<void>;
  /** Every message of the bypass that was posted, oldest first. */
  allPosted(n: number): Promise<readonly { key: MessageKey; at: Posted }[]>;
  /** Where the message of that key was posted. */
  posted(n: number, key: MessageKey): Promise<(Posted & { renderedVersion: number }) | null>;
  /** Is anybody performing an effect of the same bypass at this moment that was put in before this one? */
  underWayBefore(id: string): Promise<boolean>;
  /** Counts for `/metrics`: unfinished rows and the age of the oldest in seconds. */
  backlog(): Promise<{ waiting: number; oldestSeconds: number }>;
}

/** Prompt wake-ups; the sweep makes up for every one that is lost, so failures are the implementation's own affair. */
export interface Wake {
  effects(ids: readonly string[]): void;
  /** Look at that effect again after `delayMs`. */
  later(id: string, delayMs: number): void;
  /** Run a `tick` for that bypass at that moment. */
  tick(n: number, at: Date): void;
}

// --------------------------------------------------------------------------------------------------------- Slack

/** What Slack said of an account, with the moment of the reading. */
export interface Account {
  readonly standing: Standing;
  readonly asOf: Date;
  /** Older than 30 s because Slack could not be asked. */
  readonly stale: boolean;
}

export interface Directory {
  /** `null`: Slack could not be asked and no reading of at most 15 minutes is at hand. */
  account(user: string): Promise<Account | null>;
  /** Members of a user group, `null` as above. */
  group(usergroup: string): Promise<{ users: readonly string[]; asOf: Date; stale: boolean } | null>;
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
}

/**
 * Rings whoever holds a role. The Slack pager rings by direct message: it says whom to address, and the messages are
 * effects like any other.
 */
export interface Pager {
  readonly name: string;
  /** Which accounts to address for this role, or why that cannot be said now. Looks only: asking twice rings nobody. */
  audience(job: { readonly role: string; readonly record: BypassRecord }): Promise<Audience>;
}

export type Audience =
  | { readonly kind: "addressed"; readonly users: readonly string[] }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "later"; readonly retryAfterMs: number; readonly code: string };

// -------------------------------------------------------------------------------------------------------- policy

export interface PolicyInForce {
  readonly policy: Policy;
  /** SHA-256 of the file's text, hex. */
  readonly hash: string;
}

export interface PolicySource {
  current(): PolicyInForce;
}

/** A policy as it was read, with the text that goes into the trail. */
export interface LoadedPolicy extends PolicyInForce {
  readonly text: string;
}

/** What stands where the policy comes from, and the trail may not say yet. */
export type PolicyCandidate =
  | { readonly kind: "changed"; readonly policy: LoadedPolicy }
  /** A bad text: the last good policy stays in force. `hash` is that of the bad text. */
  | { readonly kind: "refused"; readonly hash: string; readonly errors: readonly PolicyError[] };

/** A policy that may change while the bot runs. */
export interface RenewablePolicy extends PolicySource {
  /** The policy in force: the one at the start, then the last one accepted. */
  current(): LoadedPolicy;
  /**
   * Reads again. Changes nothing: the same candidate is given until it is accepted, so that one that could not be
   * recorded comes again. `null` when there is nothing new, or it cannot be read.
   */
  refresh(): Promise<PolicyCandidate | null>;
  /** To be called once the candidate is on record: puts a changed policy in force; a refused text is not told again. */
  accept(candidate: PolicyCandidate): void;
}

// ---------------------------------------------------------------------------------------------------- small things

/** Structured log lines. Fields are ids, enums and numbers: never a secret, never what a person typed. */
export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

export interface Randomness {
  /** `bytes` random bytes, hex. */
  hex(bytes: number): string;
}
