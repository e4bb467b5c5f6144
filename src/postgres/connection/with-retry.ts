import { setTimeout as wait } from "node:timers/promises";
import { NotRecorded } from "../../lib/errors.js";
import { DatabaseUnavailable, DeadlineExceeded, StatementRefused } from "./database.js";

/** What a failed statement means. */
export interface FaultClass {
  /** Another try may succeed. */
  readonly retry: boolean;
  /** The statement may have taken effect. */
  readonly mayHaveCommitted: boolean;
}

/**
 * SQLSTATEs of temporary conditions: serialization failure and deadlock, a lock or statement timeout, and a server that
 * is read-only during a failover. The statement had no effect.
 */
const TEMPORARY = /^(40001|40P01|55P03|57014|25006)$/;

/** Returns whether to retry a statement after this fault, and whether it may have taken effect. */
export function classifyFault(fault: unknown): FaultClass {
  if (fault instanceof DeadlineExceeded || fault instanceof DatabaseUnavailable) {
    return { retry: true, mayHaveCommitted: fault.outcome === "unknown" };
  }
  if (fault instanceof StatementRefused) return { retry: TEMPORARY.test(fault.code), mayHaveCommitted: false };
  return { retry: false, mayHaveCommitted: true };
}

/** Waits before the next try: 25 ms, doubled with each failed try up to 200 ms, to spare a server that is starting. */
export function pauseAfter(attempt: number): Promise<void> {
  return wait(Math.min(25 * 2 ** attempt, 200));
}

/**
 * Retries a statement until it gets an answer or `deadlineMs` milliseconds have passed. Only for statements that may
 * safely run twice.
 * @throws NotRecorded for a read `not_read`; for a write `unknown` when it may have taken effect, otherwise `not_recorded`
 */
export async function withRetry<T>(runOnce: () => Promise<T>, deadlineMs: number, kind: "read" | "write"): Promise<T> {
  let over = false;
  let mayHaveCommitted = false;
  const timer = setTimeout(() => {
    over = true;
  }, deadlineMs);
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await runOnce();
      } catch (fault) {
        const failure = classifyFault(fault);
        mayHaveCommitted ||= failure.mayHaveCommitted;
        if (over || !failure.retry)
          throw new NotRecorded(kind === "read" ? "not_read" : mayHaveCommitted ? "unknown" : "not_recorded", fault);
      }
      await pauseAfter(attempt);
    }
  } finally {
    clearTimeout(timer);
  }
}
