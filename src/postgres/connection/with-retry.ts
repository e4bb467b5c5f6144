import { NotRecorded } from "../../lib/errors.js";
import { DatabaseUnavailable, DeadlineExceeded, StatementRefused } from "./database.js";

/** What a failed statement means. `again`: worth another try. `doubt`: it may have taken effect all the same. */
export interface Judgement {
  readonly again: boolean;
  readonly doubt: boolean;
}

/**
 * SQLSTATEs that pass by themselves: serialization and deadlock, a lock or statement timeout, and a server that is
 * read-only because a failover is under way. The statement had no effect.
 */
const PASSING = /^(40001|40P01|55P03|57014|25006)$/;

/** May the same command be tried again after this fault, and may the first try have been recorded? */
export function judge(fault: unknown): Judgement {
  if (fault instanceof DeadlineExceeded || fault instanceof DatabaseUnavailable) {
    return { again: true, doubt: fault.outcome === "unknown" };
  }
  if (fault instanceof StatementRefused) return { again: PASSING.test(fault.code), doubt: false };
  return { again: false, doubt: true };
}

/** Longer after every failed try, so that a server that is starting is not stormed. */
export function pauseAfter(attempt: number): Promise<void> {
  const ms = Math.min(25 * 2 ** attempt, 200);
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Asks until there is an answer or `deadlineMs` have passed; only for statements that do no harm when they run twice.
 * @throws NotRecorded `unknown` when a writing statement may have taken effect without our hearing of it
 */
export async function patiently<T>(ask: () => Promise<T>, deadlineMs: number, kind: "read" | "write"): Promise<T> {
  let over = false;
  let doubt = false;
  const timer = setTimeout(() => {
    over = true;
  }, deadlineMs);
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await ask();
      } catch (fault) {
        const judgement = judge(fault);
        doubt ||= judgement.doubt;
        if (over || !judgement.again)
          throw new NotRecorded(kind === "write" && doubt ? "unknown" : "not_recorded", fault);
      }
      await pauseAfter(attempt);
    }
  } finally {
    clearTimeout(timer);
  }
}
