import { within } from "../lib/deadline.js";
import type { Log } from "../usecases/ports/ports.js";
import { type JobRequest, parseWork, type Work } from "./job-requests.js";

/** The one queue for all work. On PostgreSQL it is in the schema `bullmq`. */
export const QUEUE = "breakglass";

/** A queue and a worker on one backend, with their connections. */
export interface QueueConnection {
  /** Resolves when connected. Rejects when this connection will never work. Pends while the server is unreachable. */
  readonly ready: Promise<void>;
  /** Takes jobs until the connection is closed. */
  run(): Promise<void>;
  add(requests: readonly JobRequest[]): Promise<void>;
  /** One round trip. */
  ping(): Promise<void>;
  /** Takes no more jobs. Resolves when those in flight have ended; may hang while the server is unreachable. */
  drain(): Promise<void>;
  /** Closes every connection without waiting for answers. */
  destroy(): Promise<void>;
}

export interface QueueConnectionOptions {
  readonly perform: (work: Work) => Promise<void>;
  readonly concurrency: number;
  /** Called when something went wrong on a connection, which may recover by itself. */
  readonly onTrouble: (error: unknown) => void;
  /**
   * Called at each look at Redis with the `maxmemory-policy` under which it may evict jobs, or `null` if it evicts none.
   */
  readonly onEviction: (policy: string | null) => void;
  readonly log: Log;
}

interface BullQueue {
  add(name: string, data: Work, opts: Record<string, unknown>): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
}

interface BullWorker {
  run(): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
  getBackend(): { close(force?: boolean): Promise<void> };
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Jobs are removed once they have run, because an id may be used again. */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

/** A lost connection is retried after 1 s instead of BullMQ's 15 s. */
export const WORKER_OPTIONS = { autorun: false, runRetryDelay: 1_000 } as const;

/** Returns the processor of jobs. It never fails a job, because the sweep does the retries. */
export function processor({
  perform,
  log,
}: Pick<QueueConnectionOptions, "perform" | "log">): (job: { readonly data: unknown }) => Promise<void> {
  return async (job) => {
    const work = parseWork(job.data);
    if (work === null)
      log.warn("job.unknown", { hint: "A job of another release was dropped; the sweep makes up for it." });
    else await perform(work);
  };
}

const CLOSE_WITHIN_MS = 300;

/** Closes queue and worker without waiting for answers. The caller closes their connections. */
export async function closeQueueConnection(queue: Pick<BullQueue, "close">, worker: Pick<BullWorker, "getBackend">) {
  // Not worker.close(): it may already hang, and would return the same promise again.
  const closed = Promise.all([worker.getBackend().close(true), queue.close()]);
  await within(CLOSE_WITHIN_MS, "Closing the queue", closed).catch(() => {});
}

/** Returns the part of a queue connection that is the same on every backend. */
export function queueConnectionOf(
  queue: BullQueue,
  worker: BullWorker,
  onTrouble: (error: unknown) => void,
): Omit<QueueConnection, "destroy"> {
  queue.on("error", onTrouble);
  worker.on("error", onTrouble);
  const ready = Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]).then(() => {});
  ready.catch(() => {});
  return {
    ready,
    run: () => worker.run(),
    // One by one: on PostgreSQL, addBulk creates a temporary table, which a role that owns only its schema may not.
    add: async (requests) => {
      await Promise.all(
        requests.map(({ work, jobId, delayMs }) =>
          queue.add(work.kind, work, { ...JOB_OPTIONS, jobId, ...(delayMs > 0 ? { delay: Math.ceil(delayMs) } : {}) }),
        ),
      );
    },
    ping: async () => {
      await queue.getWaitingCount();
    },
    drain: () => worker.close(),
  };
}
