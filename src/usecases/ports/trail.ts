import type { Effect } from "../../domain/bypass/effects.js";
import type { SealedEntry } from "../../domain/events/body.js";
import type { BypassEvent, EventType, SystemEvent } from "../../domain/events/catalogue/catalogue.js";
import type { TextField } from "../../domain/events/catalogue/define.js";
import type { Entry } from "../../domain/events/entries.js";
import type { ReviewForm } from "../../domain/review/form.js";

export type { SealedEntry, SealedText } from "../../domain/events/body.js";

/** One state change, committed as a whole or not at all. */
export interface CommitItem {
  /** Idempotency key: a second commit with the same id changes nothing and returns the result of the first. */
  readonly commandId: string;
  readonly stream: { readonly kind: "bypass"; readonly n: number | null } | { readonly kind: "system" };
  /** Version of the stream that the decision is based on; 0 for a new bypass; ignored for `system`. */
  readonly expectedVersion: number;
  readonly entries: readonly SealedEntry[];
  /** When a `tick` next has something to do (ISO 8601, UTC); `null` for never, and for `system`. */
  readonly nextDueAt: string | null;
  /** When the review and the actions are next checked for follow-ups; formatted as `nextDueAt`. */
  readonly followUpAt: string | null;
  readonly effects: readonly Effect[];
  /**
   * The bypasses whose texts the `origin` among the texts may hold: it is removed when a text of one of them is. Those of
   * its own stream need not be named.
   */
  readonly originShows?: readonly number[];
}

/** An event that belongs to no bypass. It goes into the same hash chain. */
export interface SystemEntry {
  readonly event: SystemEvent;
  readonly texts?: Partial<Record<TextField, string>>;
}

/** What became of one commit. */
export type CommitResult =
  | {
      readonly ok: true;
      /** True when this command was committed before. */
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
       * `conflict`: another command changed the stream; decide again. `own_bypass` (the actor is its requester),
       * `repeated_approval` and `already_settled`: the database's own guard refused what the domain allowed. `id_used`:
       * other events were committed under the command id. `rejected`: the item itself is faulty.
       */
      readonly why: "conflict" | "own_bypass" | "repeated_approval" | "already_settled" | "id_used" | "rejected";
      readonly detail?: string;
    };

/** Where a text stands: in which entry, and as which of its texts. */
export interface TextAddress {
  readonly seq: number;
  readonly field: TextField;
}

/** The trail. Throws `NotRecorded` when it cannot be read or written. */
export interface Ledger {
  /** The entries of one bypass, oldest first (empty when there is no such bypass), and the database's clock. */
  load(n: number): Promise<{ entries: readonly Entry<BypassEvent>[]; now: Date }>;
  /** The database's clock. */
  now(): Promise<Date>;
  /** Commits that wait at the same time share one statement; each is accepted or refused on its own. */
  commit(item: CommitItem): Promise<CommitResult>;
  /**
   * True when a change was committed under this command id, if `first` is given one that began with an event of that
   * type. Tells a repeated delivery from a refused click.
   */
  known(commandId: string, first?: EventType): Promise<boolean>;
  /**
   * As `commit`, and removes the text of entry `seq` in the same statement, with every origin that may hold it. `conflict`
   * if an origin of an entry that is not among `origins` would go with it.
   */
  redact(item: CommitItem, text: TextAddress, origins: readonly number[]): Promise<CommitResult>;
  /**
   * Sets when follow-ups are next checked (ISO), or never (`null`), after a check found none due. No event, so it
   * leaves no entry; does nothing once the bypass has another version. While a review or an action is open, `at` must
   * be within a week.
   */
  scheduleFollowUp(n: number, version: number, at: string | null): Promise<void>;
  /** Remembers that this account opened the App Home. No event, so it leaves no entry. */
  homeOpened(account: string): Promise<void>;
  /** Saves an account's draft of a review. No event, so it leaves no entry. */
  saveDraft(n: number, account: string, form: ReviewForm): Promise<void>;
}
