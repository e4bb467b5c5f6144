import { DatabaseUnavailable, DeadlineExceeded, StatementRefused } from "../../postgres/connection/database.js";

/** Reads that may fail one by one: what cannot be read is named, and the rest is read all the same. */
export interface Reading {
  /**
   * Returns what `read` returns; when it fails, `otherwise`.
   * @throws DatabaseUnavailable, since nothing else could be read either
   */
  part<T>(what: string, read: () => Promise<T>, otherwise: T): Promise<T>;
  /** What could not be read, and why, each as a sentence. */
  unread(): readonly string[];
}

/** Creates a reading in which nothing has failed yet. */
export function createReading(): Reading {
  const unread: string[] = [];
  return {
    part: async (what, read, otherwise) => {
      try {
        return await read();
      } catch (fault) {
        if (fault instanceof DatabaseUnavailable) throw fault;
        unread.push(`${what}: ${whyUnread(fault)}`);
        return otherwise;
      }
    },
    unread: () => [...unread],
  };
}

/** Only our own errors are quoted: any other may hold what was read. */
function whyUnread(fault: unknown): string {
  if (fault instanceof DeadlineExceeded || fault instanceof StatementRefused) return fault.message;
  return `It holds what this release cannot read (${fault instanceof Error ? fault.name : typeof fault}).`;
}
