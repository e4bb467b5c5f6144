import { within } from "../lib/within.js";
import type { Log } from "../usecases/ports/ports.js";
import { type JobRequest, parseWork, type Work } from "./job-requests.js";

/** One queue for everything; on PostgreSQL the schema is `bullmq`. */
export const QUEUE = "breakglass";

/** A queue and a worker on one backend, from the opening of their connections to the end. */
export interface QueueConnection {
  /** Rejects when this line will never work; another one may. Pends while a server cannot be reached. */
  readonly ready: Promise<void>;
  /** Takes jobs until the line is closed. */
  run(): Promise<void>;
  add(orders: readonly JobRequest[]): Promise<void>;
  /** One round trip. */
  ping(): Promise<void>;
  /** Takes no more jobs; resolves when those in flight have ended. May hang while the server is away. */
  drain(): Promise<void>;
  /** Closes every connection, answered or not. */
  destroy(): Promise<void>;
}

/** What a line needs to know of its surroundings. */
export interface QueueConnectionOptions {
  readonly perform: (work: Work) => Promise<void>;
  readonly concurrency: number;
  /** Something went wrong on a connection; the line may mend itself. */
  readonly onTrouble: (error: unknown) => void;
  /** The server may throw jobs away when it runs out of memory. */
  readonly onMayEvict: (policy: string) => void;
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

/** A job is gone when it has run: its id may come again, and nothing of it is worth keeping. */
const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

/** A lost connection is tried again after this long, instead of BullMQ's 15 s. */
export const WORKER_OPTIONS = { autorun: false, runRetryDelay: 1_000 } as const;

/** What is done with a job; it never fails, because retrying is the sweep's affair. */
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

/** Ends queue and worker, answered or not; the connections are the caller's to close. */
export async function closeQueueConnection(queue: Pick<BullQueue, "close">, worker: Pick<BullWorker, "getBackend">) {
  // The backend and not the worker: its closing may hang already, and would give the same promise again.
  const closed = Promise.all([worker.getBackend().close(true), queue.close()]);
  await within(CLOSE_WITHIN_MS, "Closing the queue", closed).catch(() => {});
}

/** The part of a line that is the same on every backend. */
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
    // One by one: on PostgreSQL a bulk makes a temporary table, which a role that owns only its schema may not.
    add: async (orders) => {
      await Promise.all(
        orders.map(({ work, jobId, delayMs }) =>
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
