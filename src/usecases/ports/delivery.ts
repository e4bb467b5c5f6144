import type { Effect, MessageKey } from "../../domain/bypass/effects.js";
import type { NoticeKey } from "../../domain/notices/effects.js";

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
  posted(n: number, key: MessageKey | NoticeKey): Promise<(Posted & { renderedVersion: number }) | null>;
  /** Is anybody performing an effect of the same bypass at this moment that was put in before this one? */
  underWayBefore(id: string): Promise<boolean>;
  /** Counts for `/metrics`: unfinished rows, and the age in seconds of the oldest that does not wait for the office to open. */
  backlog(): Promise<{ waiting: number; oldestSeconds: number }>;
}

/** Prompt wake-ups; the sweep makes up for every one that is lost, so failures are the implementation's own affair. */
export interface Wake {
  effects(ids: readonly string[]): void;
  /** Look at that effect again after `delayMs`. */
  later(id: string, delayMs: number): void;
  /** Run a `tick` for that bypass at that moment. */
  tick(n: number, at: Date): void;
  /** Look whether anything of that bypass is to be followUp, at that moment. */
  followUp(n: number, at: Date): void;
}
