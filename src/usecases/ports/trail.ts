import type { Effect } from "../../domain/bypass/effects.js";
import type { SealedEntry } from "../../domain/events/body.js";
import type { BypassEvent } from "../../domain/events/catalogue/catalogue.js";
import type { TextField } from "../../domain/events/catalogue/define.js";
import type { Entry } from "../../domain/events/entries.js";
import type { ReviewForm } from "../../domain/review/form.js";

export type { SealedEntry, SealedText } from "../../domain/events/body.js";

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
  /** When somebody will next look whether a review or an action is to be followUp; as `nextDueAt`. */
  readonly followUpAt: string | null;
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
       * the database's own guard refused what the domain let through. `rejected`: the item itself is faulty.
       */
      readonly why: "conflict" | "self_approval" | "repeated_approval" | "settled" | "rejected";
      readonly detail?: string;
    };

export interface Ledger {
  /** The entries of one bypass, oldest first (empty when there is none), and the database's clock at the reading. */
  load(n: number): Promise<{ entries: readonly Entry<BypassEvent>[]; now: Date }>;
  /** The database's clock. */
  now(): Promise<Date>;
  /** Commits that wait together travel in one statement; each is taken or refused on its own. */
  commit(item: CommitItem): Promise<CommitResult>;
  /** Has a change been committed under this command id? Tells a repeated delivery from a refused click. */
  known(commandId: string): Promise<boolean>;
  /** As `commit`, and removes the text of entry `seq` in the same statement. */
  redact(item: CommitItem, text: { seq: number; field: TextField }): Promise<CommitResult>;
  /**
   * Nothing was to be followUp: somebody looks again then (ISO), or never (`null`). No event, so it leaves no entry; does
   * nothing once the bypass has another version. While a review or an action is open it must be within a week.
   */
  lookAgain(n: number, version: number, at: string | null): Promise<void>;
  /** Somebody has opened the App Home. No event, so it leaves no entry. */
  homeOpened(account: string): Promise<void>;
  /** Keeps what somebody has written of a review so far. No event, so it leaves no entry. */
  keepDraft(n: number, account: string, form: ReviewForm): Promise<void>;
}
