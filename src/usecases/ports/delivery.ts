import type { Effect, MessageKey } from "../../domain/bypass/effects.js";
import type { NoticeKey } from "../../domain/notices/effects.js";

/** What a row holds that this release cannot read. It can only be given up. */
export interface UnreadableEffect {
  readonly kind: "unreadable";
}

/**
 * An outbox row that this process has claimed and must finish or release before its lease runs out. Another process may
 * take it over earlier, once this one counts as dead: see `Alive`.
 */
export interface ClaimedEffect {
  readonly id: string;
  readonly n: number;
  readonly effect: Effect | UnreadableEffect;
  /** 1 on the first attempt. From the second on, an ambiguous earlier attempt must be read back before posting. */
  readonly attempt: number;
  readonly createdAt: Date;
}

/** Where a message is: the id of its channel, and its timestamp, which is its id there. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** A message and the outbox row that posted it, which stands in its metadata. */
export interface PostedMessage extends Posted {
  readonly outboxId: string;
}

/** The effects that are still to be performed, in PostgreSQL. Throws `NotRecorded` when it cannot be reached. */
export interface Outbox {
  /**
   * Claims that row if it is due, first in its lane, unfinished, and held by nobody who lives. A claim that is repeated
   * because its answer was late gets the row that it already holds, as the same attempt.
   */
  claim(id: string): Promise<ClaimedEffect | null>;
  /** Ids of rows that could be claimed now, oldest first. */
  claimable(limit: number): Promise<readonly string[]>;
  /**
   * `next` can be claimed now. `posted` is where the message of the row is on record: another process that had taken the
   * row over may have posted and finished it first.
   */
  finish(
    id: string,
    result: { posted?: Posted; renderedVersion?: number },
  ): Promise<{ next: readonly string[]; posted: Posted | null }>;
  /** Gives the row up for good. Its lane continues. */
  fail(id: string, code: string): Promise<{ next: readonly string[] }>;
  /** Makes the row claimable again after `delayMs`. */
  release(id: string, delayMs: number, code: string): Promise<void>;
  /** As `release`, for a row that could not be tried because the rate of calls was used up: the attempt does not count. */
  putOff(id: string, delayMs: number, code: string): Promise<void>;
  /** Every posted message of the bypass, oldest first. */
  allPosted(n: number): Promise<readonly { key: MessageKey; at: PostedMessage }[]>;
  /** Where the message of that key was posted. */
  posted(n: number, key: MessageKey | NoticeKey): Promise<(PostedMessage & { renderedVersion: number }) | null>;
  /** Those of the rows that are still to be performed and that nobody has tried yet. */
  neverTried(ids: readonly string[]): Promise<readonly string[]>;
  /** True while an earlier effect of the same bypass is being performed that may post its texts: no webhook. */
  underWayBefore(id: string): Promise<boolean>;
  /**
   * Counts for `/metrics`: unfinished rows but those of webhooks, and the age in seconds of the oldest that does not wait
   * for the office to open.
   */
  backlog(): Promise<{ waiting: number; oldestSeconds: number }>;
}

/** The register of the processes on one database, in PostgreSQL. Throws `NotRecorded` when it cannot be reached. */
export interface Instances {
  /**
   * Records that this process lives for another `ttlMs`. Returns ids of effects that are due and that nobody performs:
   * their process has died, or no wake-up has arrived.
   * @param alone whether no other process can be running, so that all others count as dead at once
   */
  beat(ttlMs: number, alone: boolean): Promise<readonly string[]>;
  /** Records that this process has ended, if it holds no effect any more. */
  retire(): Promise<void>;
}

/** Whether this process counts as alive to the others on its database. */
export interface Alive {
  /**
   * Begins to watch. The returned function tells whether the process has counted as alive without a break since; if not,
   * another process may have taken over what it had claimed, so it must not post it any more.
   */
  watch(): () => boolean;
}

/** Prompt wake-ups. The sweep makes up for lost ones, so implementations handle their own failures and never throw. */
export interface Wake {
  effects(ids: readonly string[]): void;
  /** Retries that effect after `delayMs`. */
  later(id: string, delayMs: number): void;
  /** Runs a `tick` for that bypass at that time. */
  tick(n: number, at: Date): void;
  /** Checks that bypass for follow-ups at that time. */
  followUp(n: number, at: Date): void;
}
