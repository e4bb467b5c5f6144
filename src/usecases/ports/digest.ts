import type { BypassStatus } from "../../domain/bypass/state.js";
import type { Acked } from "../../domain/notices/acks.js";

/** What happened in a week, counted; what is open and overdue is counted as of now. What is put off is not overdue. */
export interface WeekCounts {
  readonly bypasses: Readonly<Partial<Record<BypassStatus, number>>>;
  readonly drills: number;
  readonly reviewsDue: number;
  readonly reviewsSubmitted: number;
  readonly reviewsOverdue: number;
  readonly actionsOpen: number;
  readonly actionsOverdue: number;
}

/** What is read for the weekly digest, and for what is due of no single bypass. Times are ISO 8601 in UTC. */
export interface DigestQueries {
  /** Of the week after `from`, up to `to`. */
  week(from: string, to: string): Promise<WeekCounts>;
  /** Bypasses declared in that week that others approved; drills left out. */
  acked(from: string, to: string): Promise<readonly Acked[]>;
  /** When each path was last rehearsed: declared, and active. */
  lastDrills(): Promise<Readonly<Record<string, string>>>;
  /** When the first policy came into force; `null`: none is on record. */
  begunAt(): Promise<string | null>;
}
