import { within } from "../lib/deadline.js";
import type { Log, Wake } from "../usecases/ports/ports.js";
import { createConnection, type JobsState } from "./connection.js";
import { createExecutor, type Perform } from "./executor.js";
import { createJobRequests, type JobRequest, LEAST_TICK_DELAY_MS } from "./job-requests.js";
import { createNoQueue } from "./no-queue.js";
import { openPostgresQueue } from "./postgres-queue.js";
import type { QueueConnectionOptions } from "./queue-connection.js";
import { openRedisQueue } from "./redis-queue.js";
import { createSweep } from "./sweep.js";

/** Where the job queue runs. */
export type JobsBackend =
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "postgres"; readonly url: string }
  /** None: PostgreSQL is reached through a pooler, and there is no Redis. */
  | { readonly kind: "none" };

export interface JobsOptions {
  /** On PostgreSQL, the role of the URL owns the schema `bullmq` and nothing else. */
  readonly backend: JobsBackend;
  readonly perform: Perform;
  readonly log: Log;
  /** Epoch milliseconds; used only to compute the delays of ticks. */
  readonly clock: () => number;
  /** In milliseconds; 5,000 if left out. */
  readonly sweepEveryMs?: number;
  /** Concurrent jobs from the queue, and as many again in the process without it; 8 if left out. */
  readonly concurrency?: number;
  /** Called at each change of state. */
  readonly onState?: (state: JobsState) => void;
}

/** Prompt wake-ups through BullMQ, and the sweep that makes up for lost ones. */
export interface Jobs {
  readonly wake: Wake;
  /**
   * Performs effects that nobody else performs, as far as there are places for them here. The others are named again
   * with the next heartbeat, so they need not fill the queue.
   */
  takeUp(ids: readonly string[]): void;
  /** Returns without waiting for Redis or PostgreSQL. A backend that cannot be reached is retried. */
  start(): void;
  /** Runs a sweep that begins after this call, for the demo and for tests. Rejects when the sweep fails. */
  sweepNow(): Promise<void>;
  /** Takes no new work, waits at most `deadlineMs` for work in flight, and closes every connection. */
  stop(deadlineMs: number): Promise<void>;
  state(): JobsState;
}

/** A wake-up that the queue has not accepted by then is done in the process: an alert must not wait for Redis. */
const ADD_DEADLINE_MS = 500;

/** How long the first effect of a commit, above all the alert, runs alone: the others would slow it down. */
const HEAD_START_MS = 100;

/** Places reserved for first effects: direct messages that hang in Slack must not delay the next alert. */
const KEPT_FOR_FIRST = 3;

/** How long the queue may take to drain after all work has ended. */
const DRAIN_MS = 1_000;

/**
 * Creates the jobs. The queue never holds anything that is not in the database. An effect runs in the process that
 * requests it while a place is free; the queue spreads the others over the instances. While the queue is down, effects
 * and due ticks run in this process, so only the spreading is lost; later ticks are left to the sweep.
 */
export function createJobs({
  backend,
  perform,
  log,
  clock,
  sweepEveryMs = 5_000,
  concurrency = 8,
  onState,
}: JobsOptions): Jobs {
  const executor = createExecutor(perform, concurrency, log);
  const requests = createJobRequests(clock);
  const sweep = createSweep({ run: () => perform.sweep(), everyMs: sweepEveryMs, log, jitter: spread(clock()) });
  const reportState = onState ?? (() => {});
  const connection =
    backend.kind === "none"
      ? createNoQueue(log, reportState)
      : createConnection({
          open: async (hooks) => {
            const options: QueueConnectionOptions = { ...hooks, perform: executor.run, concurrency, log };
            return backend.kind === "redis"
              ? await openRedisQueue(backend.url, options)
              : await openPostgresQueue(backend.url, options);
          },
          log,
          onState: reportState,
        });
  let accepting = false;
  /** Whether the queue refused the last wake-up, so that a refusal is logged once. */
  let refusing = false;

  const runInProcess = (list: readonly JobRequest[]): void => {
    for (const { work, delayMs } of list) if (delayMs <= LEAST_TICK_DELAY_MS) executor.soon(work);
  };

  const enqueue = async (list: readonly JobRequest[]): Promise<void> => {
    const queue = connection.current();
    if (!accepting || list.length === 0) return;
    if (queue === null) return runInProcess(list);
    try {
      await within(ADD_DEADLINE_MS, "The queue", queue.add(list));
      refusing = false;
    } catch (error) {
      // The queue may have accepted it after all; doing it twice is harmless.
      if (!refusing)
        log.warn("jobs.refused", {
          error,
          hint: "The queue answers but takes no jobs; they are done in this process.",
        });
      refusing = true;
      connection.suspect(error);
      runInProcess(list);
    }
  };

  /** The way through the queue costs more than the work, so the queue gets only what has no free place here. */
  const runOrEnqueue = (list: readonly JobRequest[]): Promise<void> =>
    enqueue(accepting ? list.filter(({ work }) => executor.now(work, KEPT_FOR_FIRST) === null) : list);

  const begin = async ([first, ...rest]: readonly JobRequest[]): Promise<void> => {
    if (first === undefined) return;
    const done = accepting ? executor.now(first.work) : null;
    if (done === null) return runOrEnqueue([first, ...rest]);
    await within(HEAD_START_MS, "The first effect", done).catch(() => {});
    await runOrEnqueue(rest);
  };

  return {
    wake: {
      effects: (ids) => void begin(ids.map((id) => requests.effect(id))),
      later: (id, delayMs) => void enqueue([requests.effect(id, delayMs)]),
      tick: (n, at) => {
        const request = requests.tick(n, at);
        if (request !== null) void enqueue([request]);
      },
      followUp: (n, at) => {
        const request = requests.tick(n, at, "followUp");
        if (request !== null) void enqueue([request]);
      },
    },
    takeUp: (ids) => {
      if (!accepting) return;
      for (const [index, id] of ids.entries()) executor.now({ kind: "effect", id }, index === 0 ? 0 : KEPT_FOR_FIRST);
    },
    start: () => {
      accepting = true;
      connection.start();
      sweep.start();
    },
    sweepNow: () => sweep.now(),
    stop: async (deadlineMs) => {
      accepting = false;
      executor.close();
      const drained = connection.drain().catch(() => {});
      const ended = Promise.all([sweep.stop(), executor.idle()]).then(() => within(DRAIN_MS, "The queue", drained));
      await within(deadlineMs, "Work in flight", ended).catch((error: unknown) =>
        log.warn("jobs.cut_short", { error }),
      );
      await connection.close();
    },
    state: connection.state,
  };
}

/** Returns evenly spread numbers in [0, 1), different for every process: steps of the golden ratio. */
function spread(seed: number): () => number {
  let step = seed + process.pid;
  return () => {
    step += 1;
    return (step * 0.618_033_988_749_895) % 1;
  };
}
