import type { BypassStatus } from "../../domain/bypass/state.js";
import type { Acked } from "../../domain/notices/ack-figures.js";

/** Counts of one week. Open and overdue items are counted as of now; an item that is put off is not overdue. */
export interface WeekCounts {
  readonly bypasses: Readonly<Partial<Record<BypassStatus, number>>>;
  readonly drills: number;
  readonly reviewsDue: number;
  readonly reviewsSubmitted: number;
  readonly reviewsOverdue: number;
  readonly actionsOpen: number;
  readonly actionsOverdue: number;
}

/** Queries for the weekly digest and for drills. Times are ISO 8601 in UTC. */
export interface DigestQueries {
  /** The counts of the week after `from`, up to `to`. */
  week(from: string, to: string): Promise<WeekCounts>;
  /** Bypasses declared in that week that others approved, without drills. */
  acked(from: string, to: string): Promise<readonly Acked[]>;
  /** When each path last had a drill that became active. */
  lastDrills(): Promise<Readonly<Record<string, string>>>;
  /** When the first policy came into force; `null` when none is recorded. */
  begunAt(): Promise<string | null>;
}
