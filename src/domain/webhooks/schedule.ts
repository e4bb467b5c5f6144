import { DAY_MS } from "../calendar/time.js";

/** How long a delivery is tried, from the event on. Long enough for a weekend. */
export const GIVE_UP_AFTER_MS = 3 * DAY_MS;

const LEAST_PAUSE_MS = 5_000;
/** The outbox keeps a row for an hour at most. */
const MOST_PAUSE_MS = 60 * 60_000;

/**
 * The pause before the next attempt, in milliseconds: 5 s, doubled with each attempt up to an hour, and up to a fifth
 * shorter, so that deliveries that failed together do not come back together. Never before the time that the receiver asked
 * for, but an hour at most.
 * @param attempt how many attempts there were, from 1
 * @param share in [0, 1), different for each delivery
 */
export function pauseBefore(attempt: number, askedForMs: number | null, share: number): number {
  const doubled = Math.min(MOST_PAUSE_MS, LEAST_PAUSE_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.min(MOST_PAUSE_MS, Math.max(askedForMs ?? 0, Math.round(doubled * (1 - share / 5))));
}

/** Whether a delivery is given up. Both times are of the database's clock. */
export const isGivenUp = (createdAt: Date, now: Date): boolean =>
  now.getTime() - createdAt.getTime() >= GIVE_UP_AFTER_MS;
